import LayersBenchmarkSystem
import LayersWeights

/// `bench --rounds N`: takes all layers in turn, N times, each after a calibration of the machine, and prints
/// `sample LAYER NANOSECONDS CALIBRATION_NANOSECONDS` for each, after a line `layer LAYER NAME` for every layer and
/// `calibration MULTIPLY_ADDS`, the multiply-adds of a calibration.
func measure(_ arguments: Arguments) -> ExitStatus {
  guard arguments.matches(2, "--rounds"), let rounds = arguments.number(3), let memory = Memory() else { return usage() }
  memory.fillInputs()
  for layer in 0..<Network.layerCount {
    var line = Line(.output)
    line.append("layer ")
    line.append(layer)
    line.append(" ")
    line.append(Network.layerName(layer))
    line.write()
  }
  let turns = 20_000
  var line = Line(.output)
  line.append("calibration ")
  line.append(turns * multiplyAddsATurn)
  line.write()
  Network.predict(inputs: memory.inputs, outputs: memory.outputs, arena: memory.arena)
  for _ in 0..<rounds {
    for layer in 0..<Network.layerCount {
      let begin = benchmark_nanoseconds()
      // Never true, and not known to be.
      if calibrate(turns: turns) == -1 { return .memory }
      let start = benchmark_nanoseconds()
      Network.runLayer(layer, inputs: memory.inputs, outputs: memory.outputs, arena: memory.arena)
      let end = benchmark_nanoseconds()
      var line = Line(.output)
      line.append("sample ")
      line.append(layer)
      line.append(" ")
      line.append(Int(end - start))
      line.append(" ")
      line.append(Int(start - begin))
      line.write()
    }
  }
  return .success
}

private typealias Register = SIMDWIDTH<Float>
private let multiplyAddsATurn = 12 * Register.scalarCount

/// Fused multiply-adds on twelve independent registers: more than any machine here needs to be always busy.
@inline(never)
private func calibrate(turns: Int) -> Float {
  let a = Register(repeating: 0.999), b = Register(repeating: 0.001)
  var r0 = b, r1 = b, r2 = b, r3 = b, r4 = b, r5 = b, r6 = b, r7 = b, r8 = b, r9 = b, r10 = b, r11 = b
  var left = turns
  while left > 0 {
    r0 = kiln_fma_f32xWIDTH(b, r0, a)
    r1 = kiln_fma_f32xWIDTH(b, r1, a)
    r2 = kiln_fma_f32xWIDTH(b, r2, a)
    r3 = kiln_fma_f32xWIDTH(b, r3, a)
    r4 = kiln_fma_f32xWIDTH(b, r4, a)
    r5 = kiln_fma_f32xWIDTH(b, r5, a)
    r6 = kiln_fma_f32xWIDTH(b, r6, a)
    r7 = kiln_fma_f32xWIDTH(b, r7, a)
    r8 = kiln_fma_f32xWIDTH(b, r8, a)
    r9 = kiln_fma_f32xWIDTH(b, r9, a)
    r10 = kiln_fma_f32xWIDTH(b, r10, a)
    r11 = kiln_fma_f32xWIDTH(b, r11, a)
    left &-= 1
  }
  let sum = r0 + r1 + r2 + r3 + r4 + r5 + r6 + r7 + r8 + r9 + r10 + r11
  return sum.sum()
}

/// What the program's other commands time.
@inline(never)
func timedInference(_ memory: Memory) -> Int64 {
  let start = benchmark_nanoseconds()
  Network.predict(inputs: memory.inputs, outputs: memory.outputs, arena: memory.arena)
  return benchmark_nanoseconds() - start
}
