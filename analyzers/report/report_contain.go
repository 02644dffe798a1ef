package report

// Containment is what to do about one mailbox if its findings are right, in the order in which a responder acts.
type Containment struct {
	Mailbox string   `json:"mailbox"`
	Steps   []Step   `json:"steps"`
	More    int      `json:"more"` // steps beyond those listed
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Step is one thing to do.
type Step struct {
	Action   string     `json:"action"`
	Account  Text       `json:"account,omitzero"` // whose sessions, password, rules or rights it is about; left out where it is about no account
	Text     string     `json:"text"`
	Commands []string   `json:"commands"` // PowerShell, each safe to paste; empty: see Refused, or there is none
	Refused  Text       `json:"refused"`  // why a command is missing
	Portal   Text       `json:"portal"`   // the way by hand
	Cautions []string   `json:"cautions"`
	Findings []string   `json:"findings"`
	Evidence []Citation `json:"evidence"`      // the acts to undo, and an undoing that the log shows
	More     int        `json:"evidence_more"` // rows beyond those listed
}

// NextEvidence is one export that the case lacks.
type NextEvidence struct {
	Mailbox  Text     `json:"mailbox"` // null: the whole case
	Export   string   `json:"export"`
	Text     string   `json:"text"`
	Commands []string `json:"commands"`
	Refused  Text     `json:"refused"`
	Portal   Text     `json:"portal"`
	From     Text     `json:"from"` // first day wanted, 2006-01-02; null: as things stand today
	To       Text     `json:"to"`
	Kept     Number   `json:"kept_days"` // by standard retention; null: as long as it stands
	Before   Text     `json:"before"`    // day on which the oldest part that is left goes; null: none goes, or all is gone
	State    string   `json:"state"`     // standing, open, going, gone
	Findings []string `json:"findings"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}
