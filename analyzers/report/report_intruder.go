package report

// Intruder is somebody who was in one or more accounts: acts that hang together by sessions, addresses and what he made there.
type Intruder struct {
	Intruder      string            `json:"intruder"` // A, B …: by first act
	First         Time              `json:"first"`    // of his acts that succeeded
	Last          Time              `json:"last"`
	StillActive   string            `json:"still_active"` // yes, no, not known: acts after the last reset or revocation that the log shows
	Activities    int               `json:"activities"`   // his acts
	Accounts      []string          `json:"accounts"`     // that he was in, by first act
	AccountsMore  int               `json:"accounts_more"`
	Addresses     []IntruderAddress `json:"addresses"` // by first act
	AddressesMore int               `json:"addresses_more"`
	Sessions      []string          `json:"sessions"` // by first act
	SessionsMore  int               `json:"sessions_more"`
	Agents        []string          `json:"agents"`
	AgentsMore    int               `json:"agents_more"`
	Apps          []string          `json:"apps"` // that he consented to, or that are his
	AppsMore      int               `json:"apps_more"`
	Methods       []string          `json:"methods"` // how he came in
	Reasons       []Reason          `json:"reasons"` // why each place is his
	ReasonsMore   int               `json:"reasons_more"`
	Victims       []Victim          `json:"victims"`      // who acted on what he sent, by time
	VictimsMore   int               `json:"victims_more"` // beyond those listed
	Tenant        TenantOf          `json:"tenant,omitzero"`
}

// Victim is somebody to whom an intruder wrote from an account that he was in, and who then clicked a link or let an application in.
type Victim struct {
	Account  string     `json:"account"`
	Did      string     `json:"did"`     // "clicked a link" or "let an application in"
	Subject  Text       `json:"subject"` // of the message
	Sent     Time       `json:"sent"`
	Time     Time       `json:"time"` // of what was done
	Evidence []Citation `json:"evidence"`
}

// IntruderAddress is an address of an intruder, and what he did from there.
type IntruderAddress struct {
	IP         string `json:"ip"`
	Country    Text   `json:"country"`
	ASN        Number `json:"asn"`
	Org        Text   `json:"org"`
	Class      Text   `json:"class"`
	Activities int    `json:"activities"` // his, from there
	First      Time   `json:"first"`
	Last       Time   `json:"last"`
}

// Reason is why acts are said to be somebody's: one link of a chain, the last thing first.
type Reason struct {
	Account  Text       `json:"account"`
	Text     string     `json:"text"`
	Findings []string   `json:"findings"`
	Evidence []Citation `json:"evidence"`
	More     int        `json:"evidence_more"`
}

// Presence is some acts of one account that certainly were one visit: from one line, in one session, with one program.
type Presence struct {
	Key         string   `json:"key"` // line, session and program; without a session, the first act
	Mailbox     string   `json:"mailbox"`
	Label       string   `json:"label"`    // attacker, owner, undecided, service
	Intruder    Text     `json:"intruder"` // null: none's
	Strangeness *float64 `json:"strangeness"`
	StrangeWhy  []string `json:"strange_why"`
	Reasons     []Reason `json:"reasons"` // for the label
	First       Time     `json:"first"`
	Last        Time     `json:"last"`
	Line        Text     `json:"line"` // network that people are at: 203.0.113.0/24, or a phone's whole network
	Session     Text     `json:"session"`
	Program     Text     `json:"program"`
	IPs         []string `json:"ips"`
	IPsMore     int      `json:"ips_more"`
	Agents      []string `json:"agents"`
	AgentsMore  int      `json:"agents_more"`
	Activities  int      `json:"activities"`
	Tenant      TenantOf `json:"tenant,omitzero"`
}

// PresenceCounts are how many presences of each label the list leaves out.
type PresenceCounts struct {
	Attacker  int `json:"attacker"`
	Undecided int `json:"undecided"`
	Owner     int `json:"owner"`
	Service   int `json:"service"`
}
