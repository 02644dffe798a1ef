package report

import "strings"

// CaseData is what the report says of itself at its head: whose case it is, and who may read it.
type CaseData struct {
	Name    Text `json:"name"`    // of the case, or its number; null: not said, as with all of them
	Client  Text `json:"client"`  // whose case it is
	Analyst Text `json:"analyst"` // who examined it
	TLP     Text `json:"tlp"`     // Traffic Light Protocol 2.0: RED, AMBER+STRICT, AMBER, GREEN or CLEAR
}

// Marking is the protocol's mark as it wants it printed: TLP:AMBER. "" where none is said.
func (c CaseData) Marking() string {
	if c.TLP == "" {
		return ""
	}
	return "TLP:" + string(c.TLP)
}

// Head is the case data in one line, the mark first; "" where nothing is said.
func (c CaseData) Head() string {
	var parts []string
	if mark := c.Marking(); mark != "" {
		parts = append(parts, mark)
	}
	for _, part := range []struct {
		word string
		text Text
	}{{"case", c.Name}, {"client", c.Client}, {"analyst", c.Analyst}} {
		if part.text != "" {
			parts = append(parts, part.word+" "+string(part.text))
		}
	}
	return strings.Join(parts, " · ")
}
