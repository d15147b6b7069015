import KilnGraph
import KilnKernels

extension VectorExecutor {
  package func execute(_ kernel: Recur) {
    var a = arguments(kernel)
    switch kernel.operation.cell {
    case .longShortTerm:
      recurLongShortTerm(
        a.pointer(), weights: a.pointer("weights"), peepholes: a.optionalPointer("peepholes"),
        initialState: a.optionalPointer("initialState"), initialCells: a.optionalPointer("initialCells"),
        to: a.target("to"), cells: a.target("cells"), products: a.target("products"), a.geometry(),
        limit: a.number("limit"), couplesForget: a.boolean("couplesForget"),
        gate: VectorFunctions.unary(a.function("gate")), candidate: VectorFunctions.unary(a.function("candidate")),
        output: VectorFunctions.unary(a.function("output")))
    case .gated:
      recurGated(
        a.pointer(), weights: a.pointer("weights"), candidateBias: a.optionalPointer("candidateBias"),
        initialState: a.optionalPointer("initialState"), to: a.target("to"), products: a.target("products"),
        a.geometry(), limit: a.number("limit"), resetsProduct: a.boolean("resetsProduct"),
        gate: VectorFunctions.unary(a.function("gate")), candidate: VectorFunctions.unary(a.function("candidate")))
    case .simple:
      recurSimple(
        a.pointer(), weights: a.pointer("weights"), initialState: a.optionalPointer("initialState"),
        to: a.target("to"), products: a.target("products"), a.geometry(), limit: a.number("limit"),
        VectorFunctions.unary(a.function()))
    }
    a.end()
  }
}
