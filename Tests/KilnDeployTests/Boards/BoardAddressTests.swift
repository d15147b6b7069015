import Testing

@testable import KilnDeploy

struct BoardAddressTests {
  @Test(arguments: [
    ("raspberrypi", "raspberrypi", nil), ("pi@10.0.0.7", "pi@10.0.0.7", nil), ("pi@board:2222", "pi@board", 2222),
    ("pi@[fe80::1]:22", "pi@fe80::1", 22), ("[fe80::1]", "fe80::1", nil), ("a@b@host:1", "a@b@host", 1),
  ]) func `is read`(text: String, destination: String, port: Int?) throws {
    let address = try #require(BoardAddress(text))
    #expect(address.destination == destination && address.port == port)
  }

  @Test(arguments: [
    "", "-oProxyCommand=x", "board:", "board:0", "board:70000", "board:x", "a b", "pi@", "@board", "[::1",
  ])
  func `is refused`(text: String) { #expect(BoardAddress(text) == nil) }

  @Test func `files of IPv6 addresses stand in brackets`() {
    #expect(BoardAddress("pi@[::1]:22")?.file("/tmp/x") == "pi@[::1]:/tmp/x")
    #expect(BoardAddress("board")?.file("/tmp/x") == "board:/tmp/x")
  }

  @Test func `words are quoted`() throws {
    let text = "a 'b' $(c)\n\\"
    let result = try Subprocess("/bin/sh", ["-c", ShellWords.command("printf %s \(ShellWords.quoted(text))")]).run()
    #expect(result.output == text)
  }
}
