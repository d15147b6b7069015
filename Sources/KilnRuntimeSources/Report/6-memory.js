// The arena: layers from left to right, bytes from bottom to top, a rectangle for each buffer while it is needed.

function startMemory() {
  if (!plan) return;
  const ratio = plan.arenaByteCount / Math.max(plan.arenaLowerBound, 1);
  byID('memory-lead').textContent = `The arena has ${bytes(plan.arenaByteCount)}, ${rounded(ratio)} times the largest sum of buffers that are needed at once (${bytes(plan.arenaLowerBound)}, dashed): no plan can do with less. Each rectangle is a buffer, from the layer that first touches it to the last.`;
  const buffers = plan.buffers.filter(buffer => buffer.offset !== undefined && buffer.offset !== null && buffer.firstLayer !== undefined);
  const [width, height, left, bottom] = [1000, 380, 74, 30];
  const top = 12, steps = Math.max(layers.length, 1), size = Math.max(plan.arenaByteCount, 1);
  const x = step => left + (width - left - 8) * step / steps;
  const y = count => height - bottom - (height - bottom - top) * count / size;
  const picture = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'The arena over time' });
  const tickSize = 2 ** Math.max(0, Math.floor(Math.log2(size / 3)));
  for (let count = 0; count <= size; count += tickSize) {
    picture.append(shape('line', { class: 'axis', x1: left, x2: width - 8, y1: y(count), y2: y(count) }),
      shape('text', { class: 'soft', x: left - 6, y: y(count) + 4, 'text-anchor': 'end' }, bytes(count)));
  }
  for (let tick = 0; tick <= 8; tick += 1) {
    const step = Math.round((steps - 1) * tick / 8);
    if (tick && step === Math.round((steps - 1) * (tick - 1) / 8)) continue;
    picture.append(shape('text', {
      class: 'soft', x: tick < 8 ? x(step + 0.5) : width - 8, y: height - 10, 'text-anchor': tick < 8 ? 'middle' : 'end',
    }, `layer ${step}`));
  }
  const rectangles = buffers.map(buffer => {
    const layer = layers[buffer.firstLayer];
    const isWorkspace = buffer.owner === 'workspace';
    const say = () => {
      byID('buffer').textContent = `${isWorkspace ? 'Workspace of ' : ''}${buffer.values.join(', ')}: ${bytes(buffer.byteCount)} from byte ${buffer.offset}, `
        + (buffer.firstLayer === buffer.lastLayer ? `layer ${buffer.firstLayer}` : `layers ${buffer.firstLayer} to ${buffer.lastLayer}`);
    };
    const rectangle = shape('rect', {
      class: 'buffer', x: x(buffer.firstLayer), width: Math.max(1, x(buffer.lastLayer + 1) - x(buffer.firstLayer)),
      y: y(buffer.offset + buffer.byteCount), height: Math.max(1, y(buffer.offset) - y(buffer.offset + buffer.byteCount)),
      fill: isWorkspace ? 'var(--other)' : colour(layer?.kind ?? 'other'), 'fill-opacity': isWorkspace ? 0.5 : 0.8, rx: 1.5,
      pointerenter: say, click: () => { say(); if (layer) chooseNode(layer.name); },
    });
    return { buffer, rectangle };
  });
  picture.append(...rectangles.map(item => item.rectangle),
    shape('line', { class: 'bound', x1: left, x2: width - 8, y1: y(plan.arenaLowerBound), y2: y(plan.arenaLowerBound) }));
  byID('plan').append(picture);
  listeners.push(() => {
    const node = chosen && (chosen.side === 'after' ? sides.after[chosen.index] : sides.after[results[chosen.index][0]]);
    const names = new Set(node?.outputs.map(output => output.name) ?? []);
    rectangles.forEach(({ buffer, rectangle }) => rectangle.classList.toggle('chosen', buffer.values.some(value => names.has(value))));
  });
}
