import ArgumentParser
import StimmungSupport

/// An error for a word that is not a command or a subcommand; nil if there is none. The argument parser's own error does not list the commands.
func unknownCommand(in words: [String], of root: any ParsableCommand.Type) -> (any Error)? {
    var command = root
    var path = root._commandName
    for (depth, word) in words.enumerated() {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty, !word.hasPrefix("-"), !(depth == 0 && word == "help") else { return nil }
        if let next = subcommands.first(where: { $0._commandName == word }) {
            command = next
            path += " " + word
            continue
        }
        let names = subcommands.map { $0._commandName }
        let isRecording = depth == 0 && (word.contains(".") || word.contains("/"))
        let hint =
            if isRecording {
                "Recognise a recording with \"stimmung predict \(word)\"."
            } else if let name = suggestion(for: word, among: names) {
                "Did you mean \"\(path) \(name)\"?"
            } else {
                "The commands are \(names.joined(separator: ", "))."
            }
        return ValidationError("\"\(word)\" is not a command of \(path). \(hint)")
    }
    return nil
}
