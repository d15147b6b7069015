// libFuzzer has the `main` function. SwiftPM would give a program in Swift another one.
