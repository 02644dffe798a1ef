package activity

import "strings"

// Alias is a name by which records call an account whose activities stand under another name.
type Alias struct {
	Account Symbol // the name that its log is known by
	Name    Symbol // as the records write it, in lower case
	Why     string // why it is this account
	Rows    int    // activities whose record has the name
	First   uint32 // index of the first of them in Case.Activities
}

// UnknownName is what a mailbox or actor is called of which no record says whose it is: the log names it by an alias, an id or
// a display name only, or several accounts have that name.
func UnknownName(text string) string { return unknownBefore + text + ")" }

const unknownBefore = "unknown ("

// IsUnknownName says whether a name is one of UnknownName's.
func IsUnknownName(name string) bool { return strings.HasPrefix(name, unknownBefore) }
