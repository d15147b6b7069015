/// Builds the list of a kernel's arguments from single ones, lists, and those that are there under a condition.
@resultBuilder
package enum ArgumentList {
  package static func buildExpression(_ argument: KernelArgument) -> [KernelArgument] { [argument] }
  package static func buildExpression(_ arguments: [KernelArgument]) -> [KernelArgument] { arguments }
  package static func buildBlock(_ parts: [KernelArgument]...) -> [KernelArgument] { parts.flatMap(\.self) }
  package static func buildOptional(_ part: [KernelArgument]?) -> [KernelArgument] { part ?? [] }
  package static func buildEither(first part: [KernelArgument]) -> [KernelArgument] { part }
  package static func buildEither(second part: [KernelArgument]) -> [KernelArgument] { part }
}
