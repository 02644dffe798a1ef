package report

import (
	"encoding/json"

	"triage/analyzers/report/phrase"
)

// MaxSentences is how many sentences a story has at most.
const MaxSentences = 25

// Answer answers one question of every engagement from the acts that attribution says are an intruder's.
type Answer struct {
	ID        string     `json:"id"`
	Question  string     `json:"question"`
	Answer    string     `json:"answer"`
	Sure      string     `json:"sure"`       // proven, likely, possible, not known
	Facts     NamedLists `json:"facts"`      // what it names, as the log has it
	FactsMore FactCounts `json:"facts_more"` // values beyond those listed
	Because   Because    `json:"because"`
	Unknown   []string   `json:"unknown"`
	Next      []string   `json:"next"`
	Said      AnswerSaid `json:"said,omitzero"` // the sentences as what they are made of; left out where they are not known
	Tenant    TenantOf   `json:"tenant,omitzero"`
}

// AnswerSaid holds the sentences of an answer as what they are made of, so that they can be said in another language.
type AnswerSaid struct {
	Answer  []phrase.Text `json:"answer"`
	Unknown []phrase.Text `json:"unknown"`
	Next    []phrase.Text `json:"next"`
}

// IsZero says that an answer's sentences are known as text only.
func (s AnswerSaid) IsZero() bool { return s.Answer == nil && s.Unknown == nil && s.Next == nil }

// In is the answer in a language: its sentences, what is unknown, what comes next.
func (a *Answer) In(l phrase.Language) (answer string, unknown, next []string) {
	if l == phrase.English || l == "" || a.Said.IsZero() {
		return a.Answer, a.Unknown, a.Next
	}
	return phrase.Paragraph(a.Said.Answer, l), phrase.All(a.Said.Unknown, l), phrase.All(a.Said.Next, l)
}

// In is the sentence in a language.
func (s *StorySentence) In(l phrase.Language) string {
	if l == phrase.English || l == "" || s.Said.None() {
		return s.Text
	}
	return s.Said.In(l)
}

// Because is what an answer rests on.
type Because struct {
	Findings     []string   `json:"findings"`
	MoreFindings int        `json:"findings_more"` // findings beyond those listed
	Rows         []Citation `json:"rows"`
	More         int        `json:"rows_more"` // rows beyond those listed
}

// Story is what one intruder did.
type Story struct {
	Intruder  string          `json:"intruder"`
	Sentences []StorySentence `json:"sentences"`   // oldest first
	More      int             `json:"more"`        // sentences that are left out
	Untold    int             `json:"acts_untold"` // acts of his that none of the sentences tells
	Tenant    TenantOf        `json:"tenant,omitzero"`
}

// StorySentence is one thing that was done.
type StorySentence struct {
	Time    Time        `json:"time"`
	By      string      `json:"by"`      // intruder, owner, administrator
	Account Text        `json:"account"` // null: the tenant's
	Text    string      `json:"text"`
	Said    phrase.Text `json:"said,omitzero"` // the text as what it is made of; left out where that is not known
	Rows    []Citation  `json:"rows"`          // the first and the last that show it
	More    int         `json:"rows_more"`     // rows beyond those listed
}

// NamedList is a list of texts under a name.
type NamedList struct {
	Name   string
	Values []string
}

// NamedLists are an object in JSON, in their own order.
type NamedLists []NamedList

// MarshalJSON writes the lists as one object.
func (l NamedLists) MarshalJSON() ([]byte, error) {
	return marshalObject(len(l), func(i int) (string, any) { return l[i].Name, l[i].Values })
}

// UnmarshalJSON reads one object and keeps its order.
func (l *NamedLists) UnmarshalJSON(b []byte) error {
	*l = NamedLists{}
	return unmarshalObject(b, func(name string, in *json.Decoder) error {
		one := NamedList{Name: name}
		err := in.Decode(&one.Values)
		*l = append(*l, one)
		return err
	})
}
