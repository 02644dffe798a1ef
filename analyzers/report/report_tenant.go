package report

// TenantView says what the mailboxes have to do with each other. Everything in it rests on findings that speak of an
// intruder: unsuppressed, at least medium and half sure, or decided malicious.
type TenantView struct {
	Mailboxes []RankedMailbox `json:"mailboxes"`                // worst first
	First     *FirstMailbox   `json:"first_mailbox"`            // null: none shows an intruder inside, filters name mailboxes, or see firsts
	Firsts    []FirstMailbox  `json:"first_mailboxes,omitzero"` // of a case of several tenants: each one's
	Shared    []Shared        `json:"shared"`
	Spread    []Spread        `json:"spread"`

	MoreShared int `json:"shared_more"` // things beyond those listed
	MoreSpread int `json:"spread_more"` // ways beyond those listed
}

// RankedMailbox is one mailbox that findings speak of.
type RankedMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Score    float64  `json:"score"`
	Band     string   `json:"band"`
	First    Time     `json:"first"` // act of somebody inside; null: only attempts and deliveries are seen
	Last     Time     `json:"last"`
	Findings []string `json:"findings"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}

// FirstMailbox is where the earliest act of an intruder is seen.
type FirstMailbox struct {
	Mailbox  string   `json:"mailbox"`
	Time     Time     `json:"time"`
	Finding  string   `json:"finding"`
	Sure     string   `json:"sure"` // high, medium, low
	Text     string   `json:"text"`
	Doubts   []string `json:"doubts"`
	Before   []string `json:"before"`      // findings of attempts and deliveries that came earlier, the earliest
	More     int      `json:"before_more"` // such findings beyond those listed
	Evidence Citation `json:"evidence"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}

// Shared is one thing that findings speak against and that several mailboxes have in common.
type Shared struct {
	Kind      string          `json:"kind"`
	Value     string          `json:"value"`
	Mailboxes []SharedMailbox `json:"mailboxes"`
	More      int             `json:"more"` // mailboxes beyond those listed
	Tenant    TenantOf        `json:"tenant,omitzero"`
}

// SharedMailbox is how one mailbox knows the shared thing.
type SharedMailbox struct {
	Mailbox    string   `json:"mailbox"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	DaysBefore int      `json:"days_before"` // days of use before the first finding about it; all days where there is none
	Findings   []string `json:"findings"`
}

// Spread is what one mailbox sent to another of the tenant while an intruder was in it.
type Spread struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	Time      Time       `json:"time"`
	Messages  int        `json:"messages"`
	MessageID Text       `json:"message_id"`
	Subject   Text       `json:"subject"`
	How       string     `json:"how"`           // how the way is known: message_id, recipients, or sender: a name that can be forged
	Intruder  bool       `json:"intruder"`      // sent from an address or session that findings speak against
	Findings  []string   `json:"findings"`      // the receiver's, afterwards
	After     Number     `json:"after_seconds"` // from the message to the first of them
	Evidence  []Citation `json:"evidence"`
	More      int        `json:"evidence_more"` // rows beyond those listed
	Tenant    TenantOf   `json:"tenant,omitzero"`
}

// Citation is one row of one input, without its text.
type Citation struct {
	File     string `json:"file"`
	Line     int64  `json:"line"`
	Record   int64  `json:"record"`
	Identity string `json:"identity"`
	Time     Time   `json:"time"`
}
