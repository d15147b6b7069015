// The head of the page, what made it, and the start of all parts.

function startSummary() {
  byID('name').textContent = inspection.file.split('/').pop();
  const model = inspection.model;
  const ports = list => list.map(port => `${port.name} ${port.scalar}[${port.shape.join(', ')}]`).join(', ');
  byID('subject').textContent = `${ports(inspection.interface.inputs)} → ${ports(inspection.interface.outputs)}; `
    + `${model.producer || 'unknown producer'}, for ${facts.target.summary || facts.target.name}`;
  const norms = inspection.batchNormalizations;
  const { before, after } = inspection;
  const figures = [
    measurement && [duration(measurement.folded.median), `median on ${measurement.place}`],
    measurement && [rounded(1e6 / measurement.folded.mean), 'inferences per second'],
    !measurement && plan && [duration(total), `predicted for ${facts.target.name}`],
    measurement && [percent(layers.reduce((sum, layer) => sum + layer.least, 0) / total), 'of the machine’s limit'],
    measurement?.gain && [`${rounded(measurement.gain.median)}×`, `as fast as without folding, quartiles ${rounded(measurement.gain.lowerQuartile)} to ${rounded(measurement.gain.upperQuartile)}`
      + (measurement.gain.isNoise ? ': noise' : '')],
    [`${before.nodes.length} → ${after.nodes.length}`, 'nodes'],
    norms.count > 0 && [`${norms.foldedCount} of ${norms.count}`, 'batch norms folded away'],
    [amount(after.multiplyAccumulates), 'multiply-adds'],
    [amount(after.parameterCount), 'parameters'],
    plan && [bytes(plan.arenaByteCount), 'arena'],
    measurement && [bytes(measurement.binaryByteCount), 'program'],
  ].filter(Boolean);
  byID('figures').append(...figures.map(([number, what]) => element('div', { class: 'figure' }, element('b', {}, number), element('span', {}, what))));
  const warnings = [...(measurement?.warnings ?? [])];
  if (!plan) warnings.unshift('not all of this network can be compiled: there is no plan, and nothing was measured');
  byID('warnings').append(...warnings.map(text => element('li', {}, text)));
  const folded = sides.before.length - results.filter(list => !list.length).length;
  const gone = results.filter(list => !list.length).length;
  byID('graph-lead').textContent = `${plural(folded, 'node')} of the file became ${after.nodes.length}`
    + (gone ? `; ${gone} more are known beforehand or only views (dashed)` : '')
    + '. Click one to see what was folded into it. Drag to pan, Ctrl and wheel or two fingers to zoom.'
    + (Math.max(before.nodes.length, after.nodes.length) > mostNodes ? ` Only the first ${mostNodes} are drawn.` : '');
}

function startMachine() {
  byID('command').textContent = facts.command;
  const { pipeline, memory, caches } = facts.target.model;
  const machine = measurement?.machine;
  const state = measurement?.after;
  const rows = [
    ['Kiln', facts.kiln],
    ['file', `${inspection.file}; ${Object.entries(inspection.model.operatorSets).map(([name, version]) => `${name} ${version}`).join(', ')}`],
    ['target', `${facts.target.name}: ${facts.target.summary}`],
    ['threads', String(facts.threads)],
    machine && ['measured on', [measurement.place, machine.model, machine.cpu, plural(machine.coreCount, 'core'), machine.system].filter(Boolean).join(', ')],
    measurement && ['times', `${measurement.folded.runs} runs: minimum ${duration(measurement.folded.minimum)}, median ${duration(measurement.folded.median)}, p90 ${duration(measurement.folded.percentile90)}, p99 ${duration(measurement.folded.percentile99)}`],
    measurement && ['core at its best', `${rounded(measurement.folded.peakGigaflops)} GFLOP/s measured, ${rounded(facts.target.peakGigaflops)} by its model`],
    state?.governor && ['governor', state.governor],
    state?.temperature && ['temperature', `${rounded(state.temperature)} °C`],
    ['model of the machine', `${facts.target.processor}: ${pipeline.clockMegahertz} MHz, caches ${caches.map((cache, level) => `${bytes(facts.target.cacheByteCounts[level])} at ${cache.bytesPerCycle} bytes a cycle`).join(', ')}; memory ${memory.bytesPerCycle} bytes a cycle`],
    ...(measurement?.outputs ?? []).map(output => ['output', `${output.name}: ${output.isEqual ? 'the bits of' : `${output.relativeDifference.toExponential(1)} of its largest magnitude from`} ${measurement.comparedWith}`]),
  ].filter(Boolean);
  byID('circumstances').append(...rows.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]));
}

startSummary();
startLayers();
startMemory();
startWeights();
startMachine();
startSearch(startGraph());
