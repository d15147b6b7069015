import KilnSelection

extension Schedule {
  /// The schedule that computes a program's convolutions as it does, but for those that `choices` names.
  package init(_ program: Program, choosing choices: [String: ConvolutionChoice] = [:]) {
    self.init(program.target, program.convolutions, choosing: choices)
  }
}
