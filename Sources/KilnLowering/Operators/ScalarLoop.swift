import KilnGraph
import KilnKernels

// Elementwise functions of tensors of any element types, broadcast as in NumPy: one call for each piece of the loop nest.

/// The calls that apply a function to every element of a value.
package func mapScalars(
  of input: ValueID, to output: ValueID, _ function: RuntimeFunction, _ context: inout LoweringContext
) -> [KernelCall] {
  scalarLoop(over: [input], to: output, &context) { operands, axes, run in
    MapScalars(operands[0], to: operands[1], axes, run: run, function)
  }
}

/// The calls that apply a function to the pairs of two values' elements.
package func combineScalars(
  of left: ValueID, _ right: ValueID, to output: ValueID, _ function: RuntimeFunction, _ context: inout LoweringContext
) -> [KernelCall] {
  scalarLoop(over: [left, right], to: output, &context) { operands, axes, run in
    CombineScalars(operands[0], operands[1], to: operands[2], axes, run: run, function)
  }
}

/// The calls that choose between the elements of two values.
package func selectScalars(
  by condition: ValueID, _ left: ValueID, _ right: ValueID, to output: ValueID, _ context: inout LoweringContext
) -> [KernelCall] {
  scalarLoop(over: [condition, left, right], to: output, &context) { operands, axes, run in
    SelectScalars(operands[0], operands[1], operands[2], to: operands[3], axes, run: run)
  }
}

/// The calls of a kernel for each piece of a loop nest; it is given the inputs and the output, the axes and the run.
private func scalarLoop(
  over inputs: [ValueID], to output: ValueID, _ context: inout LoweringContext,
  kernel: ([Operand], [LoopNest.Axis], LoopNest.Axis) -> any Kernel
) -> [KernelCall] {
  let shape = context.graph.type(of: output).shape
  var nest = LoopNest(
    shape, inputs.map { context.strides(of: $0, broadcastTo: shape) } + [context.strides(of: output)])
  if nest.isEmpty { return [] }
  let run = nest.removeInnermost { _ in true }
  return nest.pieces().map { offsets, axes in
    let sources = zip(inputs, offsets).map { context.source($0, offset: $1) }
    let destination = context.destination(output, offset: offsets[inputs.count])
    return KernelCall(kernel(sources + [destination], axes, run))
  }
}
