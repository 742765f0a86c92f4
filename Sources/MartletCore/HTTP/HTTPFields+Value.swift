public import HTTPTypes

extension HTTPFields {
    /// The value of the field called `name`, as the subscript gives it; nil when there is none.
    ///
    /// The subscript joins the values of all fields of that name, which costs ten times as much for the usual one.
    public func value(of name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count <= 1 ? values.first : self[name]
    }
}
