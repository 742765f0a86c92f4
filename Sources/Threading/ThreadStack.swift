import CMemory

/// The stack of the thread that asks.
public enum ThreadStack {
    /// Gives the pages below the present call back to the system: what deeper calls touched, and left behind.
    ///
    /// For a thread that will wait for long, with hundreds of others: reading and planning a request go deeper than passing
    /// its answer on. A system call, and a page fault for each page that is needed again.
    ///
    /// - Returns: whether the system could do it.
    @discardableResult
    public static func giveBack() -> Bool { martlet_stack_give_back() != 0 }
}
