import KilnDeploy

extension ParsedArguments {
  /// A command line like this one, as a shell takes it.
  ///
  /// - Parameters:
  ///   - command: the subcommand; this one's when it isn't given.
  ///   - additions: options after those that are kept.
  ///   - keeps: whether an option of this one's is kept.
  func commandLine(
    _ command: String? = nil, adding additions: [GivenOption], keeping keeps: (GivenOption) -> Bool
  ) -> String {
    let words = (options.filter(keeps) + additions).flatMap(\.words)
    let operands = operand.hasPrefix("-") ? ["--", operand] : [operand]
    let all = operands.count == 1 ? operands + words : words + operands
    return (["kiln", command ?? self.command] + all.map(ShellWords.readable)).joined(separator: " ")
  }
}

extension ParsedArguments.GivenOption {
  /// The words that give it.
  fileprivate var words: [String] {
    guard let value else { return ["--\(name)"] }
    return value.hasPrefix("--") ? ["--\(name)=\(value)"] : ["--\(name)", value]
  }
}
