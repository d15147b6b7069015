// Tables whose rows are sorted by a click on a heading.

// Columns: title, text of a row, and what it is sorted by; rows may have `choose` for a click.
function table(place, columns, rows, limit = 2000) {
  let order;
  const body = element('tbody');
  const draw = () => {
    const sorted = order ? [...rows].sort((a, b) => {
      const [x, y] = [order.column.key(a) ?? -Infinity, order.column.key(b) ?? -Infinity];
      return order.sign * (x < y ? -1 : x > y ? 1 : 0);
    }) : rows;
    body.replaceChildren(...sorted.slice(0, limit).map(row => {
      const line = element('tr', { click: () => row.choose?.(), tabindex: 0, keydown: event => { if (event.key === 'Enter') row.choose?.(); } },
        ...columns.map(column => element('td', { class: column.style }, ...[column.text(row)].flat())));
      row.line = line;
      return line;
    }));
  };
  const headings = columns.map(column => element('th', {
    class: column.style, click: event => {
      const sign = order?.column === column ? -order.sign : column.style?.includes('name') ? 1 : -1;
      order = { column, sign };
      headings.forEach(heading => heading.removeAttribute('aria-sort'));
      event.currentTarget.setAttribute('aria-sort', sign > 0 ? 'ascending' : 'descending');
      draw();
    },
  }, column.title));
  draw();
  place.replaceChildren(element('table', {}, element('thead', {}, element('tr', {}, ...headings)), body));
}

function chooseNode(name) {
  const index = named.after.get(name)?.[0];
  if (index !== undefined) choose('after', index);
}

function startLayers() {
  if (!layers.length) return;
  const longest = Math.max(...layers.flatMap(layer => [layer.shown, layer.least]), 1e-9);
  const isTimed = Boolean(measurement);
  byID('times-lead').textContent = isTimed
    ? `Bars are medians, timed one layer after the other on ${measurement.place}; the line in a bar is the least time that the machine’s model allows: all products at the measured peak, all bytes once from where they are found.`
    : 'Nothing was measured: bars are what the machine’s model predicts, the line in a bar is the least time that it allows.';
  byID('strip').append(...layers.map(layer => element('i', {
    style: `flex:${(layer.shown / total).toFixed(6)} 0 0;background:${colour(layer.kind)}`,
    title: `${layer.name}: ${duration(layer.shown)}, ${percent(layer.shown / total)}`, click: () => chooseNode(layer.name),
  })));
  const sums = grouped(layers, layer => layer.kind);
  byID('kinds').append(...[...sums].map(([name, members]) => [name, members.reduce((sum, i) => sum + layers[i].shown, 0)])
    .sort((a, b) => b[1] - a[1]).map(([name, time]) =>
      element('li', {}, element('i', { style: `background:${colour(name)}` }), `${kinds[name]} ${percent(time / total)}`)));
  const rows = layers.map(layer => ({ ...layer, choose: () => chooseNode(layer.name) }));
  table(byID('layers'), [
    { title: '#', style: 'number wide', key: row => row.index, text: row => String(row.index) },
    { title: 'layer', style: 'name', key: row => row.name, text: row => [row.name, element('small', {}, row.output)] },
    { title: 'operator', style: 'wide', key: row => row.operation, text: row => tag(row.operation, row.kind === 'depthwise' ? 'groups 2' : '') },
    { title: 'multiply-adds', style: 'number wide', key: row => row.multiplyAccumulates, text: row => row.multiplyAccumulates ? amount(row.multiplyAccumulates) : '–' },
    { title: isTimed ? 'time' : 'predicted', style: 'bar', key: row => row.shown, text: row => element('i', {
      '--long': `${100 * row.shown / longest}%`, '--mark': `calc(${100 * row.least / longest}% - 1px)`, '--marked': 0.75, '--kind': colour(row.kind) }) },
    { title: '', style: 'number', key: row => row.shown, text: row => duration(row.shown) },
    isTimed && { title: 'predicted', style: 'number wide', key: row => row.predicted, text: row => duration(row.predicted) },
    isTimed && { title: 'of limit', style: 'number', key: row => row.share, text: row => row.share === undefined ? '–' : percent(row.share) },
    { title: 'bound by', style: 'wide', key: row => String(row.prediction.isBoundByMemory), text: row => row.prediction.isBoundByMemory ? 'memory' : 'arithmetic' },
    { title: 'computed in', style: 'wide', key: row => row.prediction.arithmetic, text: row => [row.prediction.arithmetic, element('small', {}, row.prediction.algorithm ?? '')] },
  ].filter(Boolean), rows);
  listeners.push(() => {
    const name = chosen && (chosen.side === 'after' ? sides.after[chosen.index] : sides.after[results[chosen.index][0]])?.name;
    rows.forEach(row => row.line?.classList.toggle('chosen', row.nodes.includes(name)));
  });
}

function startWeights() {
  const all = inspection.weights;
  const sum = all.reduce((count, weight) => count + weight.byteCount, 0);
  byID('weights-lead').textContent = `${plural(all.length, 'constant')} of ${bytes(sum)} after folding`
    + (plan ? `, packed into ${bytes(plan.weightByteCount)} for ${plan.target}.` : '.')
    + (inspection.quantizedTensors.length ? ` ${plural(inspection.quantizedTensors.length, 'tensor')} of 8 bits.` : '');
  const rows = all.map(weight => ({ ...weight, choose: () => chooseNode(weight.node) }));
  const largest = Math.max(...all.map(weight => weight.byteCount), 1);
  table(byID('constants'), [
    { title: 'constant', style: 'name', key: row => row.name, text: row => [row.name, element('small', {}, row.type)] },
    { title: 'layer', style: 'name wide', key: row => row.node, text: row => row.node },
    { title: 'size', style: 'bar wide', key: row => row.byteCount, text: row => element('i', { '--long': `${100 * row.byteCount / largest}%`, '--kind': 'var(--sum)' }) },
    { title: '', style: 'number', key: row => row.byteCount, text: row => bytes(row.byteCount) },
    { title: 'range', style: 'number', key: row => row.greatest, text: row => range(row) },
    { title: 'zeros', style: 'number wide', key: row => row.zeroCount, text: row => row.zeroCount ? amount(row.zeroCount) : '–' },
  ], rows);
  startPrecision();
  if (!inspection.quantizedTensors.length) return;
  const place = element('div', { class: 'table' });
  byID('tensors').append(element('h3', {}, 'Tensors of 8 bits'),
    element('p', { class: 'lead' }, 'A number stands for (number − zero) × scale; what lies beyond the range is clipped to it.'), place);
  table(place, [
    { title: 'tensor', style: 'name', key: row => row.name, text: row => row.name },
    { title: 'scale', style: 'number', key: row => row.scale, text: row => row.scale.toPrecision(4) },
    { title: 'zero', style: 'number', key: row => row.zeroPoint, text: row => String(row.zeroPoint) },
    { title: 'range', style: 'number', key: row => row.greatest, text: row => range(row) },
  ], inspection.quantizedTensors.map(tensor => ({ ...tensor })));
}

function startPrecision() {
  if (!precision?.layers.length) return;
  const place = element('div', { class: 'table', id: 'precision' });
  const samples = `Measured on ${plural(precision.sampleCount, 'input')}`
    + (precision.isRandom ? ', which were made: they say nothing of accuracy. ' : '. ');
  byID('tensors').append(element('h3', {}, 'What layers lose'),
    element('p', { class: 'lead' }, samples
      + 'Alone: the ratio of signal to noise at the outputs where only this layer is of fewer bits; with all before it: where those are too.'),
    place);
  table(place, [
    { title: 'layer', style: 'name', key: row => row.name, text: row => row.name },
    { title: 'precision', style: 'wide', key: row => row.precision, text: row => row.precision },
    { title: 'range', style: 'number wide', key: row => row.greatest, text: row => range(row) },
    { title: 'clipped', style: 'number', key: row => row.clippedShare, text: row => row.clippedShare ? percent(row.clippedShare) : '–' },
    { title: 'alone', style: 'number', key: row => row.alone ?? Infinity, text: row => decibels(row.alone) },
    { title: 'with all before it', style: 'number', key: row => row.accumulated ?? Infinity, text: row => decibels(row.accumulated) },
  ], precision.layers.map(layer => ({ ...layer, choose: () => chooseNode(layer.name) })));
}
