/// What a kernel's driver keeps in a geometry while it runs: no part of what the compiler decides.
package protocol DriverState: Sendable {}
