import Foundation
import KilnDeploy
import Testing

@testable import kiln

/// `kiln completions` and `kiln manual`.
@Suite("Help for shells")
struct ShellHelpTests {
  /// What bash offers for the last of some words.
  private func offers(_ words: [String]) throws -> [String] {
    try withTemporaryFolder { folder in
      let script = "\(folder)/completions"
      try Files.write(try Program.run(["completions", "bash"]).output, to: script)
      let array = words.map(ShellWords.quoted).joined(separator: " ")
      let lines = ". \(script); COMP_WORDS=(\(array)); COMP_CWORD=\(words.count - 1); _kiln; echo ${COMPREPLY[*]-}"
      let result = try Subprocess("/bin/bash", ["-uc", lines]).run()
      #expect(result.status == 0, "\(result.errors)")
      return result.output.split { " \n".contains($0) }.map(String.init)
    }
  }

  @Test func `bash completes subcommands, options and the values that are few`() throws {
    #expect(try offers(["kiln", "re"]) == ["report"])
    #expect(try Set(offers(["kiln", ""])).isSuperset(of: Commands.all.map { $0.description.name }))
    #expect(try offers(["kiln", "compile", "--prec"]) == ["--precision", "--precision-plan"])
    #expect(try offers(["kiln", "compile", "--precision", ""]) == ["float32", "float16", "int8", "mixed"])
    #expect(try offers(["kiln", "bench", "--target", "raspberry-pi-4"]) == ["raspberry-pi-4"])
    #expect(try offers(["kiln", "completions", "f"]) == ["fish"])
    // Models and folders are files, which the shell completes itself.
    #expect(try offers(["kiln", "compile", "m"]).isEmpty && offers(["kiln", "run", "--input", ""]).isEmpty)
  }

  @Test(arguments: CompletionScript.allCases) func `each shell understands its script`(shell: CompletionScript) throws {
    let script = try Program.run(["completions", shell.rawValue])
    #expect(script.status == 0 && script.errors.isEmpty)
    for command in Commands.all.map({ $0.description }) {
      #expect(script.output.contains(command.name))
      for option in command.options { #expect(script.output.contains(option.name)) }
    }
    guard let program = Subprocess.find(shell.rawValue) else { return }
    try withTemporaryFolder { folder in
      try Files.write(script.output, to: "\(folder)/script")
      let result = try Subprocess(program, ["-n", "\(folder)/script"]).run()
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(try Program.run(["completions", "csh"]).status == 64)
  }

  @Test func `the manual page has every option and status, and no warning`() throws {
    let page = try Program.run(["manual"])
    #expect(page.status == 0)
    for command in Commands.all.map({ $0.description }) {
      #expect(page.output.contains("\n.SH kiln \(command.name)"))
      for option in command.options {
        #expect(page.output.contains("\\-\\-\(option.name.replacing("-", with: "\\-"))"), "\(option.name)")
      }
    }
    #expect(ExitStatus.allCases.allSatisfy { page.output.contains("\n.B \($0.rawValue)\n") })
    guard let groff = Subprocess.find("groff") else { return }
    try withTemporaryFolder { folder in
      try Files.write(page.output, to: "\(folder)/kiln.1")
      let result = try Subprocess(groff, ["-k", "-man", "-Tutf8", "-P-cbou", "-ww", "\(folder)/kiln.1"]).run()
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      #expect(result.output.contains("--precision-plan") && result.output.contains("kiln report MODEL.onnx"))
    }
  }
}
