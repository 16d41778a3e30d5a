/// A name that can be a part of any file's: letters, digits, dots and hyphens stay, all else becomes an underscore.
package func plainName(_ name: String) -> String {
    String(name.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-.".contains($0) ? $0 : "_" }.prefix(60))
}
