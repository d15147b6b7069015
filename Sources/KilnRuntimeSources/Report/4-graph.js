// The graph of the file and the one after folding, side by side. Each node has a row; results run along lanes beside the
// rows, as branches do in pictures of a version history; bands say what became what.

const rowHeight = 24, rowStep = 32, mostNodes = 4000;

// The lane of each node, and of each operand the row that computes it.
function lanes(nodes) {
  const producer = new Map();
  nodes.forEach((node, row) => node.outputs.forEach(output => producer.set(output.name, row)));
  const sources = nodes.map((node, row) => [...new Set(node.inputs.map(input => producer.get(input.name)))]
    .filter(source => source !== undefined && source < row));
  const lastUse = nodes.map((_, row) => row);
  sources.forEach((list, row) => list.forEach(source => { lastUse[source] = row; }));
  const taken = [], lane = [];
  nodes.forEach((_, row) => {
    const free = index => (taken[index] ?? -1) <= row;
    let own = sources[row].map(source => lane[source]).filter(free).sort((a, b) => a - b)[0];
    if (own === undefined) for (own = 0; !free(own); own += 1);
    lane.push(own);
    taken[own] = Math.max(lastUse[row], taken[own] ?? -1, row);
  });
  return { lane, sources, count: Math.max(1, taken.length) };
}

function heights(count, groups) {
  const heights = [];
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const group = groups?.[index] ?? [];
    const middle = group.length ? (Math.min(...group) + Math.max(...group)) / 2 * rowStep : next;
    heights.push(groups ? Math.max(next, Math.min(middle, next + 8 * rowStep)) : index * rowStep);
    next = heights[index] + rowStep;
  }
  return heights;
}

const canvas = document.createElement('canvas').getContext('2d');

// As much of a text as fits: its end, which tells names apart, or its start.
function shortened(text, width, font, keepsEnd = true) {
  canvas.font = font;
  if (canvas.measureText(text).width <= width) return text;
  const part = count => keepsEnd ? '…' + text.slice(text.length - count) : text.slice(0, count) + '…';
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (canvas.measureText(part(middle)).width <= width) low = middle; else high = middle - 1;
  }
  return low > 1 ? part(low) : '';
}

const roomOf = stage => Math.max(300, stage.clientWidth - 2);

function drawGraph(stage) {
  const width = roomOf(stage);
  const isNarrow = width < 600;
  const shown = { before: sides.before.slice(0, mostNodes), after: sides.after.slice(0, mostNodes) };
  const tops = { before: heights(shown.before.length), after: heights(shown.after.length, origins.slice(0, mostNodes)) };
  const tree = { before: lanes(shown.before), after: lanes(shown.after) };
  const spacing = side => Math.min(isNarrow ? 7 : 12, width * 0.12 / tree[side].count);
  const margin = side => 10 + spacing(side) * tree[side].count;
  const gap = Math.min(90, width * 0.1);
  const boxWidth = (width - margin('before') - margin('after') - gap) / 2;
  const left = { before: margin('before'), after: margin('before') + boxWidth + gap };
  const height = Math.max(...tops.before, ...tops.after, 0) + rowHeight + 20;
  const boxes = { before: [], after: [] };
  const bands = [], edges = [];

  shown.after.forEach((node, index) => {
    const group = origins[index].filter(origin => origin < mostNodes);
    group.forEach((origin, place) => {
      // Each band ends at a part of the node's edge of its own.
      const [a, c] = [tops.before[origin] + 10, tops.before[origin] + 10 + rowHeight];
      const [b, d] = [place, place + 1].map(end => tops.after[index] + 10 + rowHeight * end / group.length);
      const [x0, x1] = [left.before + boxWidth, left.after], middle = (x0 + x1) / 2;
      bands.push({ origin, index, path: shape('path', {
        class: 'band', fill: colour(kind(node.operation, node.details)),
        d: `M${x0} ${a} C${middle} ${a} ${middle} ${b} ${x1} ${b} V${d} C${middle} ${d} ${middle} ${c} ${x0} ${c} Z`,
      }) });
    });
  });
  for (const side of ['before', 'after']) {
    const { lane, sources } = tree[side];
    const x = index => side === 'before'
      ? left.before - 8 - spacing(side) * lane[index] : left.after + boxWidth + 8 + spacing(side) * lane[index];
    const y = index => tops[side][index] + 10 + rowHeight / 2;
    shown[side].forEach((node, index) => {
      for (const source of sources[index]) {
        const [x0, y0, x1, y1] = [x(source), y(source), x(index), y(index)];
        const turn = Math.max(y0, y1 - rowStep * 0.8);
        edges.push(shape('path', { class: 'edge', d: `M${x0} ${y0} V${turn} C${x0} ${y1} ${x1} ${turn} ${x1} ${y1}` }));
      }
      const from = side === 'before' ? left.before : left.after + boxWidth;
      edges.push(shape('path', { class: 'edge', d: `M${x(index)} ${y(index)} H${from}` }));
      boxes[side].push(box(side, node, index, left[side], tops[side][index] + 10, boxWidth));
    });
  }
  const picture = shape('svg', { viewBox: `0 0 ${width} ${height}`, width, height }, ...bands.map(band => band.path), ...edges,
    ...boxes.before, ...boxes.after);
  stage.replaceChildren(picture);
  return { picture, width, height, boxes, bands, tops };
}

function box(side, node, index, x, y, width) {
  const bold = '600 12px system-ui, "DejaVu Sans", sans-serif', plain = '11px system-ui, "DejaVu Sans", sans-serif';
  const parts = node.folded.length;
  const operation = shortened(node.operation + (parts ? ` +${parts}` : ''), width - 14, bold, false);
  canvas.font = bold;
  const used = canvas.measureText(operation).width + 24;
  const type = node.outputs[0]?.type.replace(/^[a-z]+\d+/, '') ?? '';
  canvas.font = plain;
  const typeWidth = width > 260 ? canvas.measureText(type).width + 12 : 0;
  const name = shortened(node.name, width - used - typeWidth - 4, plain);
  const isGone = side === 'before' && !results[index].length;
  return shape('g', {
    class: 'node' + (isGone ? ' gone' : ''), tabindex: 0, 'data-side': side, 'data-index': index,
    click: () => choose(side, index, false),
    keydown: event => { if (event.key === 'Enter') choose(side, index, false); },
  },
    shape('title', {}, `${node.operation} ${node.name} ${type}`),
    shape('rect', { class: 'box', x, y, width, height: rowHeight, rx: 5 }),
    shape('rect', { x, y, width: 5, height: rowHeight, rx: 2, fill: colour(kind(node.operation, node.details)) }),
    shape('text', { x: x + 11, y: y + 16, class: 'bold' }, operation),
    shape('text', { x: x + used - 6, y: y + 16, class: 'soft' }, name),
    typeWidth ? shape('text', { x: x + width - 6, y: y + 16, class: 'soft', 'text-anchor': 'end' }, type) : undefined);
}

function startGraph() {
  const stage = document.querySelector('.stage');
  let scale = 1, graph = drawGraph(stage);
  function zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const old = scale;
    scale = Math.min(4, Math.max(0.02, factor === 'fit' ? Math.min(1, (stage.clientHeight - 4) / graph.height) : scale * factor));
    graph.picture.setAttribute('width', graph.width * scale);
    graph.picture.setAttribute('height', graph.height * scale);
    stage.scrollLeft = (stage.scrollLeft + x) * scale / old - x;
    stage.scrollTop = (stage.scrollTop + y) * scale / old - y;
  }
  document.querySelectorAll('[data-zoom]').forEach(button => button.addEventListener('click', () =>
    zoom(button.dataset.zoom === 'fit' ? 'fit' : Number(button.dataset.zoom))));
  stage.addEventListener('wheel', event => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const place = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 200), event.clientX - place.left, event.clientY - place.top);
  }, { passive: false });
  startDragging(stage, zoom);

  function mark(scrolls) {
    for (const side of ['before', 'after']) {
      graph.boxes[side].forEach((group, index) => group.classList.toggle('chosen', Boolean(isRelated(side, index))));
    }
    graph.bands.forEach(band => band.path.classList.toggle(
      'chosen', isChosen('before', band.origin) || isChosen('after', band.index)));
    if (!chosen || !scrolls || graph.tops[chosen.side][chosen.index] === undefined) return;
    stage.scrollTop = graph.tops[chosen.side][chosen.index] * scale - stage.clientHeight / 3;
  }
  listeners.push(mark);
  new ResizeObserver(() => {
    if (Math.abs(roomOf(stage) - graph.width) < 20) return;
    const top = stage.scrollTop;
    graph = drawGraph(stage);
    zoom(1);
    stage.scrollTop = top;
    mark(false);
  }).observe(stage);
  return names => {
    for (const side of ['before', 'after']) {
      graph.boxes[side].forEach((group, index) => group.classList.toggle('found', names.has(`${side} ${index}`)));
    }
  };
}

// Dragging with a mouse pans; two fingers zoom; one finger scrolls by itself.
function startDragging(stage, zoom) {
  const pointers = new Map();
  let distance = 0;
  stage.addEventListener('pointerdown', event => pointers.set(event.pointerId, event));
  window.addEventListener('pointermove', event => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    pointers.set(event.pointerId, event);
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()];
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const place = stage.getBoundingClientRect();
      if (distance) zoom(now / distance, (a.clientX + b.clientX) / 2 - place.left, (a.clientY + b.clientY) / 2 - place.top);
      distance = now;
    } else if (event.pointerType === 'mouse') {
      stage.classList.add('dragged');
      stage.scrollBy(last.clientX - event.clientX, last.clientY - event.clientY);
    }
  });
  for (const name of ['pointerup', 'pointercancel']) {
    window.addEventListener(name, event => {
      pointers.delete(event.pointerId);
      distance = 0;
      stage.classList.remove('dragged');
    });
  }
}
