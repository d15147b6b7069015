import Foundation
import KilnGraph
import KilnMachine
import Testing

@testable import KilnDeploy
@testable import KilnEmission

/// Libraries that are built, linked into programs of C and C++ and run: their outputs are those of the program in this process,
/// bit for bit.
struct CLibraryTests {
  private static let strict = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-O1"]

  /// The checks run with the sanitizers, which also see what the libraries do to the program's memory.
  @Test func `two networks in one C99 program compute the right bits, and refuse pointers that are null or misaligned`()
    throws
  {
    try withTemporaryFolder { folder in
      let libraries = try [BuiltLibrary(.digits, .static, in: folder), BuiltLibrary(.tiny, .static, in: folder)]
      for library in libraries { try expectOwnNamesOnly(library) }
      let source = folder.appending(path: "main.c").path
      try Files.write(Self.twoNetworks, to: source)
      let sanitizers =
        HostTarget.detect().triple.hasPrefix("x86_64")
        ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"] : []
      let program = folder.appending(path: "main").path
      let compiled = try outcome(
        of: "clang",
        ["-std=c99"] + Self.strict + sanitizers + ["-I", folder.path, source] + libraries.map(\.path)
          + ["-lm", "-o", program])
      #expect(compiled.status == 0, "\(compiled.text)")
      let outputs = libraries.map { $0.path + ".output" }
      let run = try outcome(of: program, zip(libraries, outputs).flatMap { [$0.input, $1] })
      #expect(run.status == 0, "\(run.text)")
      for (library, output) in zip(libraries, outputs) {
        #expect(try Data(contentsOf: URL(filePath: output)) == library.expected)
      }
    }
  }

  /// Four threads with an arena of their own each, and workers.
  @Test func `a shared library computes the right bits in a C++ program with threads`() throws {
    try withTemporaryFolder { folder in
      let library = try BuiltLibrary(.tiny, .shared, threads: 2, in: folder)
      try expectOwnNamesOnly(library)
      let source = folder.appending(path: "main.cpp").path
      try Files.write(Self.threads, to: source)
      let program = folder.appending(path: "main").path
      let compiled = try outcome(
        of: "clang++",
        ["-std=c++17"] + Self.strict + ["-I", folder.path, source, library.path, "-pthread", "-o", program])
      #expect(compiled.status == 0, "\(compiled.text)")
      let output = program + ".output"
      let run = try outcome(of: "env", ["LD_LIBRARY_PATH=\(folder.path)", program, library.input, output])
      #expect(run.status == 0, "\(run.text)")
      #expect(try Data(contentsOf: URL(filePath: output)) == library.expected)
    }
  }

  @Test(.enabled(if: Subprocess.find("cmake") != nil, "needs cmake"), arguments: EmittedLibrary.Form.allCases)
  func `the examples build with CMake, and with what pkg-config says`(form: EmittedLibrary.Form) throws {
    try withTemporaryFolder { folder in
      let lib = folder.appending(path: "a folder")
      try Files.makeFolder(lib.path)
      let library = try BuiltLibrary(.digits, form, in: lib)
      let examples = NetworkFiles.folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples")
      let example = examples.appending(path: "c").path
      for (language, compiler) in [("c", "C_COMPILER=clang"), ("cpp", "CXX_COMPILER=clang++")] {
        let (source, build) = (examples.appending(path: language).path, folder.appending(path: language).path)
        let arguments = ["-S", source, "-B", build, "-Ddigits_DIR=\(lib.path)", "-DCMAKE_\(compiler)"]
        for arguments in [arguments, ["--build", build]] {
          let made = try outcome(of: "cmake", arguments)
          #expect(made.status == 0, "\(made.text)")
        }
        #expect(try outcome(of: "\(build)/reader", []) == (0, "This is a 7.\n"))
      }
      guard Subprocess.find("pkg-config") != nil else { return }
      let command = """
        eval clang '"$1/main.c"' "$(PKG_CONFIG_PATH="$2" pkg-config --cflags --libs digits)" -o '"$3"' && "$3"
        """
      let linked = try outcome(of: "sh", ["-ec", command, "sh", example, lib.path, "\(folder.path)/reader"])
      #expect(linked == (0, "This is a 7.\n"), "\(library.path)")
    }
  }

  @Test(
    .enabled(if: Toolchain.tools != nil && HostTarget.detect().instructionSet != .sse2, "needs toolchain/setup"),
    arguments: EmittedLibrary.Form.allCases)
  func `a library for a board gives the host's bits there`(form: EmittedLibrary.Form) throws {
    let tools = try #require(Toolchain.tools)
    try withTemporaryFolder { folder in
      let library = try BuiltLibrary(.tiny, form, target: Toolchain.board, threads: form == .shared ? 4 : 1, in: folder)
      try expectOwnNamesOnly(library)
      let source = folder.appending(path: "main.c").path
      try Files.write(Self.oneNetwork, to: source)
      let program = folder.appending(path: "main").path
      let compiled = try outcome(
        of: "aarch64-linux-gnu-gcc",
        ["-std=c99"] + Self.strict + ["-I", folder.path, source, library.path, "-lm", "-o", program]
          + (form == .static ? ["-static"] : ["-Wl,-rpath,\(folder.path)"]))
      #expect(compiled.status == 0, "\(compiled.text)")
      let output = program + ".output"
      let run = try tools.emulated(program, [library.input, output]).run()
      #expect(run.status == 0, "\(run.errors)")
      #expect(try Data(contentsOf: URL(filePath: output)) == library.expected)
    }
  }

  @Test func `what a library must not show or ask for is named`() throws {
    let graph = try Self.relu()
    let library = try LibraryTexts.library(graph)
    let names = Set(library.functions)
    func fault(_ defined: Set<String>, _ undefined: Set<String>) -> String? {
      do {
        try LibraryFault.check((defined: defined, undefined: undefined), of: library)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(fault(names, ["memset", "__stack_chk_fail"]) == nil)
    #expect(fault(names, ["memset", "malloc"]) == "libnetwork1 asks for malloc")
    #expect(fault(names, ["swift_retain"]) == "libnetwork1 asks for swift_retain")
    #expect(fault(names.union(["other"]), []) == "libnetwork1 has other functions than its header: other")
    #expect(fault([], [])?.contains("network1_model_sha256") ?? false)
  }

  private static func relu() throws -> Graph {
    var graph = Graph()
    let x = graph.addInput("x", TensorType(.float32, [4]))
    graph.addOutput("y", try graph.insert(Unary(.relu), name: "relu", inputs: [x])[0])
    return graph
  }

  /// The names that linkers see are the header's, and none of those that the library asks for is an allocator's or Swift's.
  private func expectOwnNamesOnly(_ library: BuiltLibrary) throws {
    func names(_ option: String) throws -> Set<String> {
      let dynamic = library.path.hasSuffix(".so") ? ["--dynamic"] : []
      let list = try outcome(of: "nm", dynamic + ["--extern-only", "--format=posix", option, library.path])
      #expect(list.status == 0, "\(list.text)")
      let words = list.text.split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count > 1 }
      return Set(words.map { String($0[0].split(separator: "@")[0]) })
    }
    #expect(try names("--defined-only") == Set(library.library.functions))
    let known: Set = [
      "memset", "memcpy", "memmove", "__stack_chk_fail", "__stack_chk_guard", "pthread_create", "pthread_join",
      "pthread_sigmask", "sigfillset", "syscall",
    ]
    let asked = try names("--undefined-only")
    #expect(asked.isSubset(of: known), "\(asked.subtracting(known))")
    let local = try outcome(of: "nm", [library.path])
    #expect(!local.text.contains("malloc") && !local.text.contains("swift_allocObject"), "\(local.text)")
  }

  // MARK: Programs

  private static let files = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    #define CHECK(condition) \\
      if (!(condition)) { fprintf(stderr, "line %d: %s\\n", __LINE__, #condition); exit(1); }

    static void load(const char *path, void *data, size_t count) {
      FILE *file = fopen(path, "rb");
      CHECK(file && fread(data, 1, count, file) == count);
      fclose(file);
    }

    static void store(const char *path, const void *data, size_t count) {
      FILE *file = fopen(path, "wb");
      CHECK(file && fwrite(data, 1, count, file) == count && fclose(file) == 0);
    }


    """

  private static let twoNetworks =
    """
    #include "digits.h"
    #include "tiny.h"

    """ + files + """
      #define ARENA(NAME) static unsigned char NAME##_arena[NAME##_ARENA_BYTES] \\
        __attribute__((aligned(NAME##_ARENA_ALIGNMENT)))
      ARENA(DIGITS);
      ARENA(TINY);

      int main(int argc, char **argv) {
        static float image[DIGITS_IMAGE_COUNT], scores[DIGITS_PROBABILITIES_COUNT];
        static float x[TINY_INPUT_COUNT], y[TINY_OUTPUT_COUNT];
        const size_t shape[] = TINY_INPUT_SHAPE;
        CHECK(argc == 5);
        load(argv[1], image, sizeof image);
        load(argv[3], x, sizeof x);
        CHECK(sizeof shape / sizeof *shape == TINY_INPUT_RANK && shape[0] * shape[1] * shape[2] * shape[3] == TINY_INPUT_COUNT);
        CHECK(strcmp(digits_model_sha256(), DIGITS_MODEL_SHA256) == 0 && strcmp(DIGITS_MODEL_SHA256, "hash of Digits") == 0);
        CHECK(strcmp(tiny_model_sha256(), "hash of Tiny") == 0 && strcmp(TINY_KILN_VERSION, "1.2.3") == 0);
        CHECK(strcmp(DIGITS_IMAGE_NAME, "image") == 0);

        CHECK(digits_predict(NULL, scores, DIGITS_arena) == DIGITS_NULL_POINTER);
        CHECK(digits_predict(image, NULL, DIGITS_arena) == DIGITS_NULL_POINTER);
        CHECK(digits_predict(image, scores, NULL) == DIGITS_NULL_POINTER);
        CHECK(digits_predict((float *)((char *)image + 1), scores, DIGITS_arena) == DIGITS_MISALIGNED_POINTER);
        CHECK(digits_predict(image, (float *)((char *)scores + 2), DIGITS_arena) == DIGITS_MISALIGNED_POINTER);
        CHECK(digits_predict(image, scores, DIGITS_arena + 32) == DIGITS_MISALIGNED_POINTER);
        for (int i = 0; i < DIGITS_PROBABILITIES_COUNT; i++) CHECK(scores[i] == 0);

        for (int round = 0; round < 2; round++) {
          memset(DIGITS_arena, 0xff, sizeof DIGITS_arena);
          CHECK(digits_predict(image, scores, DIGITS_arena) == DIGITS_OK);
          CHECK(tiny_predict(x, y, TINY_arena) == TINY_OK);
        }
        store(argv[2], scores, sizeof scores);
        store(argv[4], y, sizeof y);
        return 0;
      }

      """

  private static let oneNetwork =
    """
    #include "tiny.h"

    """ + files + """
      static unsigned char arena[TINY_ARENA_BYTES] __attribute__((aligned(TINY_ARENA_ALIGNMENT)));

      int main(int argc, char **argv) {
        static float x[TINY_INPUT_COUNT], y[TINY_OUTPUT_COUNT];
        CHECK(argc == 3);
        load(argv[1], x, sizeof x);
      #ifdef TINY_THREADS
        static unsigned char workers[1 << 16] __attribute__((aligned(TINY_ARENA_ALIGNMENT)));
        CHECK(tiny_workers_bytes() <= sizeof workers);
        CHECK(tiny_workers_start(workers) == TINY_OK);
        CHECK(tiny_predict_with_workers(x, y, arena, workers) == TINY_OK);
        CHECK(tiny_workers_stop(workers) == TINY_OK);
      #else
        CHECK(tiny_predict(x, y, arena) == TINY_OK);
      #endif
        store(argv[2], y, sizeof y);
        return 0;
      }

      """

  private static let threads =
    """
    #include "tiny.h"
    #include <thread>
    #include <vector>

    """ + files + """
      struct alignas(TINY_ARENA_ALIGNMENT) Arena {
        unsigned char bytes[TINY_ARENA_BYTES];
      };

      int main(int argc, char **argv) {
        static float x[TINY_INPUT_COUNT], y[5][TINY_OUTPUT_COUNT];
        static Arena arenas[5];
        CHECK(argc == 3 && TINY_THREADS == 2);
        load(argv[1], x, sizeof x);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; i++) {
          threads.emplace_back([i] {
            for (int round = 0; round < 50; round++) CHECK(tiny_predict(x, y[i], &arenas[i]) == TINY_OK);
          });
        }
        for (auto &thread : threads) thread.join();

        std::vector<Arena> storage(tiny_workers_bytes() / sizeof(Arena) + 1);
        void *workers = storage.data();
        CHECK(tiny_workers_start(nullptr) == TINY_NULL_POINTER);
        CHECK(tiny_workers_start(&storage[0].bytes[1]) == TINY_MISALIGNED_POINTER);
        CHECK(tiny_workers_start(workers) == TINY_OK);
        CHECK(tiny_predict_with_workers(x, y[4], &arenas[4], nullptr) == TINY_NULL_POINTER);
        CHECK(tiny_predict_with_workers(x, y[4], &arenas[4], &storage[0].bytes[8]) == TINY_MISALIGNED_POINTER);
        for (int round = 0; round < 50; round++) CHECK(tiny_predict_with_workers(x, y[4], &arenas[4], workers) == TINY_OK);
        CHECK(tiny_workers_stop(nullptr) == TINY_NULL_POINTER && tiny_workers_stop(workers) == TINY_OK);
        for (int i = 0; i < 4; i++) CHECK(memcmp(y[i], y[4], sizeof y[4]) == 0);
        store(argv[2], y[4], sizeof y[4]);
        return 0;
      }

      """
}
