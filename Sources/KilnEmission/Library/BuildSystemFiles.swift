/// What tells pkg-config and CMake of a library that lies beside these files.
struct BuildSystemFiles {
  let name: String
  let version: String
  let file: String
  let form: EmittedLibrary.Form
  let hasThreads: Bool

  /// What a program that links the archive needs besides; a shared library says itself what it needs.
  private var libraries: [String] {
    switch form {
    case .static: ["m"] + (hasThreads ? ["pthread"] : [])
    case .shared: []
    }
  }

  private var title: String { "# \(EmittedLibrary.marker) \(version)" }

  /// `NAME.pc`: `PKG_CONFIG_PATH=DIR pkg-config --cflags --libs NAME`.
  var pkgConfig: String {
    let link =
      switch form {
      case .static: "${pcfiledir}/\(file)"
      case .shared: "-L${pcfiledir} -l\(name) -Wl,-rpath,${pcfiledir}"
      }
    return """
      \(title)
      Name: \(name)
      Description: A network that Kiln compiled
      Version: \(version)
      Cflags: -I${pcfiledir}
      Libs: \(([link] + libraries.map { "-l\($0)" }).joined(separator: " "))

      """
  }

  /// `NAME-config.cmake`, for `find_package(NAME CONFIG PATHS DIR)` or `include(DIR/NAME-config.cmake)`.
  var cmake: String {
    """
    \(title)
    # find_package(\(name) REQUIRED CONFIG PATHS DIR), then target_link_libraries(PROGRAM \(name)::\(name)).
    if(NOT TARGET \(name)::\(name))
      add_library(\(name)::\(name) \(form.rawValue.uppercased()) IMPORTED)
      set_target_properties(\(name)::\(name) PROPERTIES
        IMPORTED_LOCATION "${CMAKE_CURRENT_LIST_DIR}/\(file)"
        IMPORTED_LINK_INTERFACE_LANGUAGES "C"
        INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}"
        INTERFACE_LINK_LIBRARIES "\(libraries.joined(separator: ";"))")
    endif()

    """
  }
}
