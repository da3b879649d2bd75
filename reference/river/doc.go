// Package river reads, edits, prints and decodes the configuration language of the agent.
//
// Start with [Parse], which turns text into a [File] of blocks and attributes with positions, and [Decode], which
// evaluates a block into a Go struct. [File.Bytes] prints a file, edited or not, in the one canonical form. The package
// knows no component and no network; what an expression may refer to is handed in as a [Scope].
//
// # The language
//
// A file is a list of statements, one a line: attributes (name = expression) and blocks (name, an optional quoted label,
// and a body in braces). Block names may be dotted:
//
//	prometheus.scrape "demo" {
//	  targets    = [{"__address__" = "localhost:12345", "app" = "agent"}]
//	  forward_to = [prometheus.remote_write.staging.receiver]
//	}
//
// Expressions are null, true, false, numbers, "strings" with Go's escapes, `raw strings`, [lists], {objects}, references
// (a.b.c), index (a[0], a["key"]), calls (env("HOME")), parentheses, and the operators below, strongest first:
//
//	! -            not, negation
//	^              power, to the right
//	* / %
//	+ -            + joins strings too
//	== != < <= > >=
//	&&
//	||
//
// A // comment runs to the end of its line, a /* comment */ to its end. A list or object that spans lines has a comma
// after its last element.
package river
