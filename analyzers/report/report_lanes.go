package report

// The lanes of an account, in the order in which they are drawn.
const (
	LaneLogon  = "logon"
	LaneRead   = "read"
	LaneSearch = "search"
	LaneSend   = "send"
	LaneChange = "change" // moved, deleted, or changed how the mailbox, the account or the tenant is set up
)

// LaneNames are all lanes, in order.
func LaneNames() []string { return []string{LaneLogon, LaneRead, LaneSearch, LaneSend, LaneChange} }

// AccountLanes are the acts of one account, counted by time, kind and whose they were, and the visits of those who are not its
// owner: what the pictures of a case file are drawn from. Deliveries and failed acts are in no lane.
type AccountLanes struct {
	Account    string      `json:"account"`
	Unit       string      `json:"unit"` // of a bin: day, week (from Monday), month or year
	From       Text        `json:"from"` // first day of the first bin, 2006-01-02; the accounts of a tenant have one axis; null: no dated act
	Bins       int         `json:"bins"` // at most 100
	Hostile    Time        `json:"hostile"`
	Lanes      []Lane      `json:"lanes"` // five, as LaneNames has them
	Failed     LaneActs    `json:"failed"`
	Other      LaneActs    `json:"other"`
	Visits     []Visit     `json:"visits"` // oldest first
	VisitsMore int         `json:"visits_more"`
	Minutes    []Minutes   `json:"minutes"` // oldest first
	More       int         `json:"minutes_more"`
	Places     []LanePlace `json:"places"` // intruders' first, then undecided, then the owner's; the busiest first
	PlacesMore int         `json:"places_more"`
	Tenant     TenantOf    `json:"tenant,omitzero"`
}

// LaneActs counts acts by whose they were.
type LaneActs struct {
	Owner     int `json:"owner"`
	Attacker  int `json:"attacker"`
	Undecided int `json:"undecided"`
	Unplaced  int `json:"unplaced"` // records that show no place, of hours in which no intruder was there
}

// Lane is one kind of acts of one account.
type Lane struct {
	Lane      string     `json:"lane"`
	Sum       LaneActs   `json:"sum"`
	Owner     []int      `json:"owner"`    // by bin; empty: none in any
	Unplaced  []int      `json:"unplaced"` // likewise
	Attacker  []LaneMark `json:"attacker"` // by bin, then intruder
	Undecided []LaneMark `json:"undecided"`
}

// LaneMark is how often something was done in one bin.
type LaneMark struct {
	Bin      int  `json:"bin"`      // from 0
	Intruder Text `json:"intruder"` // null: undecided
	Acts     int  `json:"acts"`
}

// Visit is some acts of one who is not the owner, with no pause of more than half an hour.
type Visit struct {
	Intruder Text   `json:"intruder"` // null: nobody can say whose visit it was
	First    Time   `json:"first"`
	Last     Time   `json:"last"`
	Acts     int    `json:"acts"`
	IP       Text   `json:"ip"` // the first that a record of it shows
	Country  Text   `json:"country"`
	City     Text   `json:"city"`
	ASN      Number `json:"asn"`
	Org      Text   `json:"org"`
	Class    Text   `json:"class"`
	IPs      int    `json:"ips"` // distinct
}

// Minutes are the acts of one intruder in one account on one day, one by one, and what the owner did within an hour of them.
type Minutes struct {
	Intruder string `json:"intruder"`
	Day      string `json:"day"`    // on which the first of its visits began, 2006-01-02
	Visits   []int  `json:"visits"` // indexes into the account's visits
	Acts     int    `json:"acts"`   // the intruder's
	Marks    []Mark `json:"marks"`  // by time; at most 40
	More     int    `json:"more"`   // the intruder's acts that stand in no mark
}

// Mark is one act, or several of the same in a row: a search typed letter by letter, one message read again.
type Mark struct {
	Who   string `json:"who"` // attacker or owner
	Lane  string `json:"lane"`
	Type  string `json:"type"`
	Op    Text   `json:"op"`
	First Time   `json:"first"`
	Last  Time   `json:"last"`
	Acts  int    `json:"acts"`
	Text  Text   `json:"text"` // what was searched for, the message's subject, or the program of a logon
	IP    Text   `json:"ip"`
	File  string `json:"file"` // of the first
	Line  int64  `json:"line"`
	To    int64  `json:"to"` // line of the last in the same file; equal to line where there is one
}

// LanePlace is somewhere from where acts of an account came, as far as geolocation knows it.
type LanePlace struct {
	Who        string   `json:"who"`      // attacker, undecided or owner
	Intruder   Text     `json:"intruder"` // null: none's
	Country    string   `json:"country"`
	City       Text     `json:"city"`
	Latitude   *float64 `json:"latitude,omitzero"` // degrees; left out where only the country is known
	Longitude  *float64 `json:"longitude,omitzero"`
	Class      Text     `json:"class"` // of the network with most acts
	Addresses  int      `json:"addresses"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
}

// LanesMore is what the list of accounts' lanes leaves out.
type LanesMore struct {
	Accounts int      `json:"accounts"`
	Acts     LaneActs `json:"acts"`
}

// Touched is how many accounts an intruder first did something in, of one day.
type Touched struct {
	Day      string   `json:"day"` // 2006-01-02
	Accounts int      `json:"accounts"`
	Names    []string `json:"names"` // the first 20 of them
	Tenant   TenantOf `json:"tenant,omitzero"`
}
