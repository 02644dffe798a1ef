package terms

// List is a list of words and phrases as rules have it: in any spelling, a star for any ending.
type List struct{ m *matcher }

// NewList makes a list.
func NewList(words []string) *List {
	m, err := newMatcher("word", words)
	if err != nil {
		panic(err) // of regular expressions only
	}
	return &List{m}
}

// In are those of the list that a text holds, in the order of the list.
func (l *List) In(text string) []string { return l.m.find(text) }
