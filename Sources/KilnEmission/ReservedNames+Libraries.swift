/// Names that mean something in C, C++ or Python.
extension ReservedNames {
  /// What the inputs and outputs of a library may not be called: the words of Swift, C, C++ and Python, types and macros of
  /// C's headers, and what the files of a library use.
  static let ofLibraryPorts: Set<String> = keywords.union(ofNetworks).union(
    words(
      """
      EOF FALSE False I NULL None TRUE True alignas alignof and and_eq as asm assert async auto await bitand bitor
      bool break case catch char char16_t char32_t char8_t class co_await co_return co_yield compl complex concept
      const const_cast consteval constexpr constinit continue decltype def default del delete do double dynamic_cast
      elif else enum errno except explicit export extern false far final finally float for friend from global goto if
      import in inline int int16_t int32_t int64_t int8_t is isMultiple lambda linux long major match max min minor
      module mutable namespace near new noexcept nonlocal not not_eq nullptr numpy operator or or_eq out override pass
      private protected ptrdiff_t public raise register reinterpret_cast requires restrict return self short signed
      size_t sizeof ssize_t static static_assert static_cast stderr stdin stdout struct switch template text this
      thread_local throw true try typedef typeid typename typeof typeof_unqual uint16_t uint32_t uint64_t uint8_t
      union unix unsigned using virtual void volatile wchar_t while with xor xor_eq yield
      """))

  /// Whether a library may not have a name: its header, library or Python module would come before the system's of that
  /// name, or the name is a word of Python.
  package static func forbidsLibrary(_ name: String) -> Bool { ofLibraries.contains(name) }

  /// The names of C's and POSIX's headers and libraries, and the words and modules of Python; NumPy among them, which the
  /// Python module imports.
  private static let ofLibraries = words(
    """
    abc aifc aio alloca and anl antigravity argparse arpa array as assert ast async asynchat asyncio asyncore atexit
    atomic audioop await base64 bdb binascii bisect break builtins bz2 c calendar cgi cgitb chunk class cmath cmd
    code codecs codeop collections colorsys compileall complex concurrent configparser contextlib contextvars
    continue copy copyreg cpio crypt csv ctype ctypes curses dataclasses datetime dbm decimal def del difflib dirent
    dis distutils dl dlfcn doctest elf elif else email encodings endian ensurepip enum errno except faulthandler
    fcntl features fenv filecmp fileinput finally float fmtmsg fnmatch for fractions from ftplib ftw functools gc
    gcc genericpath getopt getpass gettext glob global gomp graphlib grp gzip hashlib heapq hmac html http iconv
    idlelib if imaplib imghdr imp import importlib in inspect inttypes io ipaddress is itertools json keyword lambda
    langinfo lib2to3 libgen limits linecache link locale logging lzma m mailbox mailcap malloc marshal math memory
    mimetypes mmap modulefinder monetary mqueue msilib msvcrt multiprocessing mvec netdb netrc nis nl_types nntplib
    nonlocal not nsl nt ntpath nturl2path numbers numpy opcode operator optparse or os ossaudiodev pass pathlib
    paths pdb pickle pickletools pipes pkgutil platform plistlib poll poplib posix posixpath pprint profile pstats
    pthread pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri raise random re readline regex reprlib
    resolv resource return rlcompleter rt runpy sched search secrets select selectors semaphore setjmp shadow shelve
    shlex shutil signal site smtpd smtplib sndhdr socket socketserver spawn spwd sqlite3 sre_compile sre_constants
    sre_parse ssl stat statistics stdalign stdarg stdatomic stdbool stdc stddef stdint stdio stdlib stdnoreturn
    string stringprep strings struct subprocess sunau supc symtable sys sysconfig syslog tabnanny tar tarfile
    telnetlib tempfile termios textwrap tgmath this threading threads time timeit tkinter token tokenize tomllib
    trace traceback tracemalloc try tty turtle turtledemo types typing uchar ucontext ulimit unicodedata unistd
    unittest urllib util utime utmp uu uuid values venv version wait warnings wave wchar wctype weakref webbrowser
    while winreg winsound with wordexp wsgiref xdrlib xml xmlrpc yield zipapp zipfile zipimport zlib zoneinfo
    """)
}
