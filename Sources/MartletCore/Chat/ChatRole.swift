/// Who speaks in a message.
///
/// `developer` is OpenAI's newer word for instructions that stand above the user's; it is kept apart from `system`
/// because some vendors treat them differently.
public enum ChatRole: String, Sendable, Equatable, CaseIterable {
    case system
    case developer
    case user
    case assistant
    case tool
}
