import KilnRuntimeSources

/// A report on a network as one HTML file that needs no network.
package enum ReportPage {
  /// The page.
  ///
  /// Names in models are hostile: they reach the page as data only, and its script puts them there as text.
  ///
  /// - Parameters:
  ///   - title: what the browser calls it.
  ///   - json: the facts, as JSON.
  package static func html(title: String, json: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <meta name="color-scheme" content="light dark">
    <title>\(escaped(title))</title>
    <style>
    \(RuntimeSources.report(".css"))</style>
    </head>
    <body>
    \(RuntimeSources.report(".html"))<script type="application/json" id="facts">\(data(json))</script>
    <script>
    'use strict';
    \(RuntimeSources.report(".js"))</script>
    </body>
    </html>

    """
  }

  /// JSON that no HTML parser takes for the end of a script or for a comment.
  ///
  /// In JSON, `<` occurs in strings only, where it may be written by its number.
  static func data(_ json: String) -> String { json.replacing("<", with: #"\u003c"#) }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
