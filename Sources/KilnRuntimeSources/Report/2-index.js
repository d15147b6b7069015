// What became what: each node of the file, and the nodes after folding that do its work.

const sides = { before: inspection.before.nodes, after: inspection.after.nodes };

const named = { before: grouped(sides.before, node => node.name), after: grouped(sides.after, node => node.name) };

// Of each node after folding, the file's nodes that are in it; and the other way round.
const origins = sides.after.map(node => {
  const names = [node.name, ...node.folded.map(part => part.node)];
  return [...new Set(names.flatMap(name => named.before.get(name) ?? []))].sort((a, b) => a - b);
});
const results = sides.before.map(() => []);
origins.forEach((list, index) => list.forEach(origin => results[origin].push(index)));

// The layer that computes a node, by the node's name; those without one only say where memory lies.
const layerOfNode = new Map();
(plan?.layers ?? []).forEach((layer, index) => layer.nodes.forEach(name => layerOfNode.set(name, index)));

// Times at the clock that the measured peak tells, where there is one.
const clockRatio = measurement ? facts.target.peakGigaflops / Math.max(measurement.folded.peakGigaflops, 1e-9) : 1;
const layers = (plan?.layers ?? []).map((layer, index) => {
  const time = measurement?.layers[index]?.microseconds;
  const least = layer.prediction.leastMicroseconds * clockRatio;
  const predicted = layer.prediction.microseconds * clockRatio;
  const last = sides.after[named.after.get(layer.name)?.[0]];
  return {
    ...layer, index, time, least, predicted, shown: time ?? predicted, share: time ? least / time : undefined,
    kind: kind(layer.operation, last?.details),
  };
});
const total = layers.reduce((sum, layer) => sum + layer.shown, 0);
const constantsOfNode = grouped(inspection.weights, weight => weight.node);
const precisionOfLayer = new Map((precision?.layers ?? []).map(layer => [layer.name, layer]));
const quantizations = new Map(inspection.quantizedTensors.map(tensor => [tensor.name, tensor]));
