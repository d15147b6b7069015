import KilnKernels
import KilnRuntimeSources
import Testing

/// The names of the functions that kernels apply, against the runtime that is copied into packages.
struct RuntimeFunctionTests {
  @Test(arguments: RuntimeFunction.Name.allCases)
  func `every function is the runtime's`(name: RuntimeFunction.Name) {
    #expect(RuntimeFile.allCases.contains { declares($0, name.rawValue) })
  }

  @Test(arguments: RuntimeFunction.ElementName.allCases)
  func `every function of elements is the runtime's`(name: RuntimeFunction.ElementName) {
    #expect([.elementFunctions, .doubleFunctions, .narrowNumbers].contains { declares($0, name.rawValue) })
  }

  private func declares(_ file: RuntimeFile, _ name: String) -> Bool {
    ["(", "<"].contains { file.text.contains("func \(name)\($0)") }
  }
}
