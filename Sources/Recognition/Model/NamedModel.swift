import StimmungSupport

/// A model as users name it: a file, or one in the program.
///
/// `built-in` (or `functionals`) and `encoder` name models in the program, unless a file has such a name.
package struct NamedModel: Sendable {
    /// The model in the program; nil for a file.
    package let builtIn: BuiltInModel?
    /// The name as given.
    private let name: String

    /// - Parameter name: nil for the usual model in the program.
    package init(_ name: String?) {
        self.name = name ?? ""
        guard let name else {
            builtIn = .functionals
            return
        }
        builtIn = FileStatus(path: name) != nil ? nil : name == "built-in" ? .functionals : BuiltInModel(rawValue: name)
    }

    /// The model file; nil for a model in the program.
    package var path: String? { builtIn == nil ? name : nil }

    package func open() throws(ModelError) -> Model {
        if let builtIn { return try Model.builtIn(builtIn) }
        return try Model(contentsOf: name)
    }
}
