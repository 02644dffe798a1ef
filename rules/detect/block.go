package detect

// Condition is one `field|modifier: value` of a rule.
type Condition struct {
	Field    string // as written: "type", "params.Name", "raw.Item.Id"
	Modifier string // "" = equals, folded; "contains", "re", "cidr" … (rules/README.md)
	Not      bool   // "|not": the field is there, and none of its values matches
	All      bool   // "|all": every value, not any
	Values   []string
	Exists   bool // the value of "exists"
	Line     int  // where it stands in its file, for errors found later
	Column   int
}

// Block is a map of conditions that must all hold, with its nested blocks.
type Block struct {
	Conditions []Condition
	All        []Block
	Any        []Block
	Not        []Block // neither of them
}
