// The panel about one node.

const listeners = [];
let chosen;

// Chooses a node of a side, or nothing, and tells every part of the page.
function choose(side, index, scrolls = true) {
  chosen = side ? { side, index } : undefined;
  showDetail();
  listeners.forEach(listener => listener(scrolls));
}

const isChosen = (side, index) => chosen?.side === side && chosen.index === index;
const isRelated = (side, index) =>
  isChosen(side, index) || (chosen && chosen.side !== side
    && (side === 'after' ? origins[index].includes(chosen.index) : results[index].includes(chosen.index)));

function link(side, index) {
  const node = sides[side][index];
  return element('a', { click: () => choose(side, index), tabindex: 0, role: 'button' }, `${node.operation} ${node.name}`);
}

function part(title, items) {
  return items.length ? [element('h4', {}, title), element('ul', {}, ...items.map(item => element('li', {}, ...[item].flat())))] : [];
}

function showDetail() {
  const panel = byID('detail');
  panel.hidden = !chosen;
  panel.replaceChildren();
  if (!chosen) return;
  const { side, index } = chosen;
  const node = sides[side][index];
  const layer = layers[layerOfNode.get(side === 'after' ? node.name : sides.after[results[index][0]]?.name)];
  panel.append(
    element('button', { class: 'close', type: 'button', 'aria-label': 'Close', click: () => choose() }, '×'),
    element('h3', {}, node.name),
    tag(node.operation, node.details), ' ', side === 'before' ? 'in the file' : 'after folding',
    element('div', {}, element('small', {}, node.details)),
    ...(side === 'after' ? foldsOf(node) : fateOf(index)),
    ...(layer ? part('Layer', timesOf(layer)) : []),
    ...part('Precision', precisionOf(layer?.nodes ?? [node.name])),
    ...part('Reads', node.inputs.filter(input => !input.isConstant).map(valueText)),
    ...part('Computes', node.outputs.map(valueText)),
    ...(side === 'after' ? part('Constants', (constantsOfNode.get(node.name) ?? []).map(i => constantText(inspection.weights[i]))) : []));
  panel.scrollTop = 0;
}

function foldsOf(node) {
  const items = node.folded.map(fold => {
    const origin = named.before.get(fold.node)?.[0];
    const name = origin === undefined ? `${fold.operation} ${fold.node}` : link('before', origin);
    return [name, ' ', element('small', {}, fold.pass)];
  });
  return part('Folded into it', items.length ? items : ['nothing']);
}

function fateOf(index) {
  const after = results[index];
  if (!after.length) {
    return part('Became', ['nothing: its result is known beforehand, isn’t needed, or is only another view of the same memory']);
  }
  return part('Became', after.map(result => {
    const pass = sides.after[result].folded.find(fold => fold.node === sides.before[index].name)?.pass;
    return [link('after', result), ' ', element('small', {}, pass ?? 'the same layer')];
  }));
}

function timesOf(layer) {
  const { prediction } = layer;
  const limit = prediction.isBoundByMemory ? 'reading and writing' : 'arithmetic';
  return [
    `number ${layer.index}` + (layer.nodes.length > 1 ? `, ${layer.nodes.length} nodes in ${plural(layer.strips ?? 1, 'strip')}` : ''),
    layer.time !== undefined && `measured ${duration(layer.time)}, ${percent(layer.time / total)} of all layers`,
    `predicted ${duration(layer.predicted)}; at least ${duration(layer.least)}, bound by ${limit}`,
    layer.share !== undefined && `${percent(layer.share)} of the machine’s limit`,
    `${amount(layer.multiplyAccumulates)} multiply-adds` + (prediction.products < layer.multiplyAccumulates
      ? `, ${amount(prediction.products)} by Winograd’s method` : ''),
    `computed in ${prediction.arithmetic}` + (prediction.algorithm ? `, ${prediction.algorithm}` : ''),
    `reads ${bytes(prediction.readByteCount)} and ${bytes(prediction.weightByteCount)} of weights, writes ${bytes(prediction.writtenByteCount)}`,
    layer.kernels.length > 0 && ['kernels ', element('small', {}, counted(layer.kernels))],
  ].filter(Boolean);
}

// What calibration found of the layers among some nodes.
function precisionOf(names) {
  return names.map(name => precisionOfLayer.get(name)).filter(Boolean).map(layer => [
    `${layer.precision}: result from ${range(layer)}, ${clipped(layer)} clipped; alone ${decibels(layer.alone)}, `
      + `with all before it ${decibels(layer.accumulated)}`,
    names.length > 1 && element('small', {}, ' ' + layer.name),
  ].filter(Boolean));
}

const clipped = layer => layer.clippedShare ? percent(layer.clippedShare) : 'nothing';
// A ratio of signal to noise; nothing changes without noise.
const decibels = ratio => ratio === undefined || ratio === null ? 'no noise' : `${rounded(ratio)} dB`;

function valueText(value) {
  const quantization = quantizations.get(value.name);
  return [value.name, ' ', element('small', {}, value.type + (quantization
    ? `; int8: scale ${quantization.scale.toPrecision(4)}, zero ${quantization.zeroPoint}, ${range(quantization)}` : ''))];
}

const range = ({ least, greatest }) =>
  least === undefined || least === null ? 'no range' : `${Number(least).toPrecision(3)} to ${Number(greatest).toPrecision(3)}`;

function constantText(weight) {
  return [weight.name, ' ', element('small', {}, `${weight.type}, ${bytes(weight.byteCount)}, ${range(weight)}`)];
}

document.addEventListener('keydown', event => { if (event.key === 'Escape') choose(); });
