// Finding nodes by their names, operators and tensors.

function startSearch(markFound) {
  const input = byID('search'), list = byID('found');
  const entries = ['after', 'before'].flatMap(side => sides[side].map((node, index) => ({
    side, index, node,
    text: [node.name, node.operation, ...node.folded.map(fold => fold.node), ...node.inputs.map(value => value.name),
      ...node.outputs.map(value => value.name)].join('\n').toLowerCase(),
  })));
  let found = [];
  function close() { list.hidden = true; }
  function take(entry) {
    choose(entry.side, entry.index);
    document.querySelector('.stage').scrollIntoView({ block: 'nearest' });
    close();
  }
  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = words.length ? entries.filter(entry => words.every(word => entry.text.includes(word))) : [];
    // A node that is called so comes before those that read what it computes.
    const rank = entry => words.every(word => (entry.node.name + ' ' + entry.node.operation).toLowerCase().includes(word)) ? 0 : 1;
    found.sort((a, b) => rank(a) - rank(b));
    markFound(new Set(found.map(entry => `${entry.side} ${entry.index}`)));
    list.replaceChildren(...found.slice(0, 50).map((entry, index) => element('li', {
      class: index ? undefined : 'first', click: () => take(entry),
    }, tag(entry.node.operation, entry.node.details), ' ', entry.node.name,
      element('small', {}, (entry.side === 'after' ? 'after folding' : 'in the file') + ' · ' + (entry.node.outputs[0]?.type ?? '')))));
    if (words.length && !found.length) list.append(element('li', {}, 'nothing is called so'));
    if (found.length > 50) list.append(element('li', {}, `and ${found.length - 50} more`));
    list.hidden = !words.length;
  }
  input.addEventListener('input', search);
  input.addEventListener('focus', () => { if (input.value) search(); });
  input.addEventListener('keydown', event => {
    if (event.key === 'Enter' && found.length) { take(found[0]); input.blur(); }
    if (event.key === 'Escape') { input.value = ''; search(); }
  });
  document.addEventListener('pointerdown', event => { if (!event.target.closest('#found, .search')) close(); });
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || document.activeElement === input) return;
    event.preventDefault();
    input.focus();
  });
}
