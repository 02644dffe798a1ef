package report

// SchemaName is the contract that this package writes and reads. Fields may be added under it, never renamed.
const SchemaName = "triage.report/v2"

// What a text of the document may hold, in bytes, so that a hostile or huge export cannot make a report unreadable.
const (
	MaxText = 4096 // that a log wrote
	MaxRaw  = 4096 // bytes of a record's text
)

// Report is the document. Its fields stand in the order of the JSON; no list is nil, and each has a total order.
type Report struct {
	Schema               string         `json:"schema"`
	Tool                 Tool           `json:"tool"`
	AsOf                 string         `json:"as_of"` // day against which expiry was judged, 2006-01-02
	Case                 CaseData       `json:"case"`
	Filters              *Filters       `json:"filters"` // null: everything is reported
	Inputs               []Input        `json:"inputs"`
	Packs                []Pack         `json:"packs"`
	EffectiveRulesSHA256 string         `json:"effective_rules_sha256"`
	Geo                  []Database     `json:"geo"`
	Skipped              []Skipped      `json:"skipped"`
	Ledger               []LedgerItem   `json:"ledger"`
	Coverage             []Coverage     `json:"coverage"`
	Caveats              []Caveat       `json:"caveats"`
	NotEvaluated         []NotEvaluated `json:"not_evaluated"`
	Tenants              []TenantCase   `json:"tenants"`
	Identities           []AccountName  `json:"identities"`
	IdentitiesMore       int            `json:"identities_more"` // names beyond those listed
	Accounts             []Account      `json:"accounts"`
	AccountsMore         int            `json:"accounts_more"` // accounts beyond those listed
	Mailboxes            []Mailbox      `json:"mailboxes"`
	Services             []Service      `json:"services"`
	Addresses            []Address      `json:"addresses"`
	Sessions             []Session      `json:"sessions"`
	Messages             []Message      `json:"messages"`
	Searches             []Search       `json:"searches"`
	Answers              []Answer       `json:"answers"` // none where filters name mailboxes: they are about the whole case
	Story                []Story        `json:"story"`
	StoryMore            int            `json:"story_more"` // intruders beyond those
	Findings             []Finding      `json:"findings"`
	Timeline             []Timeline     `json:"timeline"`
	Tenant               TenantView     `json:"tenant"`
	Containment          []Containment  `json:"containment"`
	NextEvidence         []NextEvidence `json:"next_evidence"`
	NextEvidenceMore     int            `json:"next_evidence_more"` // exports beyond those listed
	Intruders            []Intruder     `json:"intruders"`          // A first
	IntrudersMore        int            `json:"intruders_more"`
	Presences            []Presence     `json:"presences"`      // intruders', undecided ones, and owners' beside intruders'; by mailbox and time
	PresencesMore        PresenceCounts `json:"presences_more"` // presences beyond those listed
	Exposure             []Exposure     `json:"exposure"`       // by intruder, then by mailbox
	Threads              []Thread       `json:"threads"`        // by intruder and mailbox, the gravest first
	ThreadsMore          int            `json:"threads_more"`
	Lanes                []AccountLanes `json:"lanes"` // accounts that intruders were in, by first act, then those that findings accuse, then undecided ones
	LanesMore            LanesMore      `json:"lanes_more"`
	Touched              []Touched      `json:"touched"`            // by day
	Redaction            *Redaction     `json:"redaction,omitzero"` // left out of a report that is not redacted
}

// TenantCase is one tenant whose logs the case holds. What concerns one is judged by its own logs alone.
type TenantCase struct {
	ID         Text     `json:"id"`         // null: no record names it
	Domains    []string `json:"domains"`    // its own, as far as its logs and the rules say
	Mailboxes  int      `json:"mailboxes"`  // of people
	Activities int      `json:"activities"` // distinct
	Inputs     []string `json:"inputs"`     // paths of those that its activities stand in
}

// Account is an account of the case: it did something, something was done to it, or somebody changed it: gave it a role or a
// right, set its password, put it into a group, made it. It need not have done anything itself.
type Account struct {
	Account    string       `json:"account"`
	Activities int          `json:"activities"` // its own acts
	First      Time         `json:"first"`      // of its own acts; null: it did nothing itself
	Last       Time         `json:"last"`
	Changes    []AccountAct `json:"changes"` // oldest first
	More       int          `json:"changes_more"`
	Intruders  []string     `json:"intruders,omitzero"` // that were in it; left out where none was
	Tenant     TenantOf     `json:"tenant,omitzero"`
}

// AccountAct is one change of an account.
type AccountAct struct {
	Type     string   `json:"type"`
	Op       Text     `json:"op"`
	What     Text     `json:"what"`  // role, right or group; null: the record names none
	Group    Text     `json:"group"` // through which the account has it; null: none
	On       Text     `json:"on"`    // mailbox that a right is on; null: it is no right on a mailbox
	By       Text     `json:"by"`
	Evidence Citation `json:"evidence"`
}

// AccountName is a name by which records call an account whose activities stand under another name.
type AccountName struct {
	Account    string   `json:"account"`
	Name       string   `json:"name"`
	Why        string   `json:"why"`        // why it is this account
	Activities int      `json:"activities"` // whose record has the name
	Evidence   Citation `json:"evidence"`   // the first of them
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// Tool is what wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Filters say what was left out of the report. All rows were read, counted and used all the same.
type Filters struct {
	Mailboxes []string `json:"mailboxes"`        // empty: all
	Tenants   []string `json:"tenants,omitzero"` // ids, or not-named; left out: all
	Since     Time     `json:"since"`            // included
	Until     Time     `json:"until"`            // not included
	MinLevel  Text     `json:"min_level"`
}

// Input is one file, member of an archive, or standard input. Rows = Activities + Duplicates + Skipped.
type Input struct {
	Path        string   `json:"path"`
	SHA256      string   `json:"sha256"`
	Format      Text     `json:"format"` // null: not recognised
	Why         string   `json:"why"`    // what made it that format, or why it is none
	Mailbox     Text     `json:"mailbox"`
	MailboxFrom Text     `json:"mailbox_from"`
	Rows        int64    `json:"rows"`
	Activities  int64    `json:"activities"`
	Duplicates  int64    `json:"duplicates"`
	Skipped     int64    `json:"skipped"`
	First       Time     `json:"first"`
	Last        Time     `json:"last"`
	Notes       []string `json:"notes"`
}

// Pack is one rule pack that was loaded.
type Pack struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

// Database is one geolocation database that was used.
type Database struct {
	Database    string `json:"database"`
	Built       string `json:"built"`       // day, 2006-01-02
	Source      string `json:"source"`      // "embedded" or a path
	SHA256      Text   `json:"sha256"`      // of the unpacked database
	Attribution Text   `json:"attribution"` // what its licence asks to be printed
}

// Skipped is a record that could not be read, or a stretch of text that holds none.
type Skipped struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`   // physical line where the record starts, from 1
	Record int64  `json:"record"` // from 1
	Reason string `json:"reason"`
	Bytes  Number `json:"bytes"` // of it in the decoded stream; null: unknown
	Lines  Number `json:"lines"` // physical lines that it stands on
	// Count is how many records it stands for, it and those skipped behind it in the same stretch, where an input has too
	// many to list; left out where it is one.
	Count int64 `json:"count,omitempty"`
}

// LedgerItem is one thing that is missing from the evidence: rows, days, sources, or what the service never recorded.
type LedgerItem struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // loss: records are known to be missing; limit: a question that the data cannot answer
	File     Text     `json:"file"`     // null: not about one input
	Mailbox  Text     `json:"mailbox"`  // null: all
	Source   Text     `json:"source"`   // null: any
	First    Time     `json:"first"`    // the time about which evidence is missing
	Last     Time     `json:"last"`
	Text     string   `json:"text"`
	Ask      Text     `json:"ask"` // the export to ask for next; null: none can bring it back
	Tenant   TenantOf `json:"tenant,omitzero"`
}

// Coverage says for which days one kind of log speaks about one mailbox.
type Coverage struct {
	Source     string   `json:"source"`
	Mailbox    string   `json:"mailbox"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Days       int      `json:"days"`        // UTC calendar days from the first to the last, both included
	SilentDays int      `json:"silent_days"` // days among them without any activity
	Gaps       []Gap    `json:"gaps"`        // silent stretches of three days and more, by day; of very many the longest
	GapsMore   int      `json:"gaps_more"`   // stretches beyond those listed
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// Gap is a stretch of days without any activity.
type Gap struct {
	First string `json:"first"` // 2006-01-02
	Last  string `json:"last"`
	Days  int    `json:"days"`
}

// Caveat is what a reader must know before trusting the result.
type Caveat struct {
	Code     string     `json:"code"`
	Mailbox  Text       `json:"mailbox"` // null: the whole case, or mailboxes
	Text     string     `json:"text"`
	Evidence []Evidence `json:"evidence"`      // examples; may be empty
	More     int        `json:"evidence_more"` // rows beyond those listed, as far as they were counted
	// Mailboxes are those that the same is said of, where they are several, in order of name.
	Mailboxes []string `json:"mailboxes,omitzero"`
	Tenant    TenantOf `json:"tenant,omitzero"`
}

// NotEvaluated is a rule that could not judge a mailbox: absence of its findings says nothing.
type NotEvaluated struct {
	Rule    string   `json:"rule"`
	Mailbox Text     `json:"mailbox"` // null: any mailbox
	Reason  string   `json:"reason"`
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Mailbox is one mailbox's verdict.
type Mailbox struct {
	Mailbox    string   `json:"mailbox"`
	Lane       string   `json:"lane"`  // person; service or system where findings name one
	Score      float64  `json:"score"` // 0..100
	Band       string   `json:"band"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Window     *Window  `json:"window"` // span of the intruder's acts as far as findings tell; null if none does
	Shares     []Share  `json:"shares"` // most points first; they add up to 1 unless filters hide some
	Stacks     Stacks   `json:"stacks"`
	Joined     Joined   `json:"joined"`
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// Service is a service's or the system's own lane, without findings: counted, not judged as a person's.
type Service struct {
	Name       string   `json:"name"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// Window is a span of time, both ends included.
type Window struct {
	First Time `json:"first"`
	Last  Time `json:"last"`
}

// Share is one finding's part of a mailbox's score.
type Share struct {
	Finding string  `json:"finding"`
	Family  string  `json:"family"`
	Points  float64 `json:"points"`
	Share   float64 `json:"share"` // 0..1
}

// Stacks say how often each value occurs in a mailbox, rarest first.
type Stacks struct {
	App     []StackValue `json:"app"`
	Country []StackValue `json:"country"`
	ASN     []StackValue `json:"asn"`
	Agent   []StackValue `json:"agent"`
}

// StackValue is one row of a stack.
type StackValue struct {
	Value      Text `json:"value"` // null: the log did not say
	Days       int  `json:"days"`  // on which it occurs
	Activities int  `json:"activities"`
	First      Time `json:"first"`
	Last       Time `json:"last"`
}

// Joined says how a mailbox's activities on messages found what else is known of the message.
type Joined struct {
	Item         int     `json:"item"`         // by ActivityItemId
	MessageID    int     `json:"message_id"`   // by InternetMessageId
	Conversation int     `json:"conversation"` // by ConversationId: a guess
	Unmatched    int     `json:"unmatched"`
	Share        float64 `json:"unmatched_share"` // of all four; 0 if they are 0

	// Messages names the unmatched messages, so that they can be fetched: those of the window first, then the oldest. Of
	// a mailbox that nothing speaks against, none is named.
	Messages     []Unmatched `json:"unmatched_messages"`
	MessagesMore int         `json:"unmatched_messages_more"` // messages beyond those listed
}

// Unmatched is a message that activities name and of which the data has neither delivery nor sending.
type Unmatched struct {
	Item      Text `json:"item"`
	MessageID Text `json:"message_id"`
}

// Address is one client address.
type Address struct {
	IP          string   `json:"ip"`
	Country     Text     `json:"country"`
	City        Text     `json:"city"`
	ASN         Number   `json:"asn"`
	Org         Text     `json:"org"`
	Class       Text     `json:"class"`
	ClassSource Text     `json:"class_source"`      // which list or database says so, with its date
	Latitude    *float64 `json:"latitude,omitzero"` // degrees; left out where no database knows more than the country
	Longitude   *float64 `json:"longitude,omitzero"`
	RadiusKM    float64  `json:"radius_km,omitzero"` // accuracy that the database states
	Score       float64  `json:"score"`
	Band        string   `json:"band"`
	Mailboxes   []string `json:"mailboxes"`
	Activities  int      `json:"activities"`
	First       Time     `json:"first"`
	Last        Time     `json:"last"`
	Findings    []string `json:"findings"`
	Tenant      TenantOf `json:"tenant,omitzero"`
	Egress      bool     `json:"egress,omitzero"` // a pack declares it a way out of the organisation; the key is left out where none does
}

// Session is one session id.
type Session struct {
	Session    string   `json:"session"`
	Score      float64  `json:"score"`
	Band       string   `json:"band"`
	IPs        []string `json:"ips"`
	Mailbox    Text     `json:"mailbox"` // null: several, see mailboxes
	Mailboxes  []string `json:"mailboxes"`
	Activities int      `json:"activities"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Findings   []string `json:"findings"`
	Tenant     TenantOf `json:"tenant,omitzero"`
}

// Message is one message that a finding is about.
type Message struct {
	MessageID Text     `json:"message_id"`
	Item      Text     `json:"item"`
	Subject   Text     `json:"subject"`
	Sender    Text     `json:"sender"`
	Received  Time     `json:"received"`
	Score     float64  `json:"score"`
	Band      string   `json:"band"`
	Mailbox   Text     `json:"mailbox"` // null: several, see mailboxes
	Mailboxes []string `json:"mailboxes"`
	Findings  []string `json:"findings"`
	Tenant    TenantOf `json:"tenant,omitzero"`
}

// Search is one search that a person typed.
type Search struct {
	Mailbox string   `json:"mailbox"`
	Time    Time     `json:"time"`
	Query   string   `json:"query"`
	Rows    int      `json:"rows"` // activities that it was logged as, letter by letter
	Terms   []string `json:"terms"`
	Finding Text     `json:"finding"`
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Finding is one statement about one mailbox, with the rows that prove it.
type Finding struct {
	ID string `json:"id"` // F-0001: its place in this report
	// Short is the name that stays: f- and the first 8 digits of the fingerprint, more where two agree in those.
	Short       string `json:"short"`
	Fingerprint string `json:"fingerprint"` // the same in every run over the same case
	// Formerly are the fingerprints that it had before its rule was called so. The key is left out where it was not moved.
	Formerly   []string `json:"formerly,omitzero"`
	Rule       string   `json:"rule"`
	Title      string   `json:"title"`
	Text       string   `json:"text"` // the rule's sentence with this finding's values
	Level      string   `json:"level"`
	Confidence int      `json:"confidence"` // 0..100
	Points     float64  `json:"points"`     // impact(level) × confidence/100; 0 if suppressed
	Share      float64  `json:"share"`      // of its mailbox's score, 0..1
	Family     string   `json:"family"`
	Intruder   Text     `json:"intruder"` // on whose acts it rests, the first of several; null: on nobody's
	Entities   []string `json:"entities"` // what it counts towards
	Mailbox    string   `json:"mailbox"`
	First      Time     `json:"first"`
	Last       Time     `json:"last"`
	Count      int      `json:"count"` // its activities, all of them
	Facts      Facts    `json:"facts"`
	// FactsMore are how many values a fact's list leaves out, by its name. The key is left out where none does.
	FactsMore FactCounts `json:"facts_more,omitzero"`
	// Strangeness, 0 to 5, is that of its strangest row to the account that did it, and StrangeWhy are the signs that make it.
	// Both keys are left out where it is not known.
	Strangeness    *float64     `json:"strangeness,omitzero"`
	StrangeWhy     []string     `json:"strange_why,omitzero"`
	Evidence       []Evidence   `json:"evidence"` // never empty; the oldest 200 of count
	Attack         []string     `json:"attack"`
	Next           Text         `json:"next"`
	FalsePositives []string     `json:"false_positives"`
	Author         Text         `json:"author"`
	Suppressed     *Suppression `json:"suppressed"`
	Decision       *Decision    `json:"decision"` // what a responder decided about it; null: nothing that is in force
	Tenant         TenantOf     `json:"tenant,omitzero"`
}

// Benign is the verdict of a decision that explains a finding.
const Benign = "benign"

// Decision is what a responder decided about one finding (triage mark).
type Decision struct {
	Verdict string `json:"verdict"` // benign, malicious or undecided
	Reason  string `json:"reason"`
	By      Text   `json:"by"`
	Date    Text   `json:"date"`    // 2006-01-02
	Expires Text   `json:"expires"` // its last day in force, 2006-01-02; null: it stays
}

// Suppression says which exception covers a finding.
type Suppression struct {
	Exception string `json:"exception"`
	Reason    string `json:"reason"`
	By        string `json:"by"`
}

// Evidence is one row of one input.
type Evidence struct {
	File     string `json:"file"`
	Line     int64  `json:"line"`   // physical line where the record starts, from 1
	Record   int64  `json:"record"` // from 1
	ID       string `json:"id,omitempty"`
	Identity string `json:"identity"` // what makes it the same activity in two exports
	Time     Time   `json:"time"`     // null: the record has none
	Raw      string `json:"raw"`
	RawCut   bool   `json:"raw_cut,omitempty"` // raw is the beginning only
	// Role is proof, or context: the row itself does not show that it belongs here. The key is left out where all prove it.
	Role string `json:"role,omitempty"`
	// Also are the messages themselves, where files or an API tell more of a delivery than the log does.
	// The key is left out where there are none.
	Also     []Copy `json:"also,omitzero"`
	AlsoMore int    `json:"also_more,omitzero"` // messages beyond those listed
}

// Copy is another record of the same activity.
type Copy struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Record int64  `json:"record"`
	ID     string `json:"id,omitempty"`
	Raw    string `json:"raw"`
	RawCut bool   `json:"raw_cut,omitempty"`
}

// Timeline is one mailbox over time.
type Timeline struct {
	Mailbox string   `json:"mailbox"`
	BinDays int      `json:"bin_days"` // days per bin; 1 unless the span is too long for that
	Bins    []Bin    `json:"bins"`     // those with activities, by day
	Rows    []Row    `json:"rows"`     // what evidence cites, oldest first
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Bin counts the activities of one or more days.
type Bin struct {
	Day        string `json:"day"` // its first, 2006-01-02
	Activities int    `json:"activities"`
}

// Row is one activity that evidence cites.
type Row struct {
	Time      Time     `json:"time"`
	Type      string   `json:"type"`
	Op        Text     `json:"op"`
	Result    string   `json:"result"`
	Actor     Text     `json:"actor"`
	Who       Text     `json:"who"`      // whose act it was: attacker, owner, undecided, service; null: nobody's of the tenant
	Intruder  Text     `json:"intruder"` // which intruder's; null: none's
	IP        Text     `json:"ip"`
	Country   Text     `json:"country"`
	City      Text     `json:"city"`
	ASN       Number   `json:"asn"`
	Org       Text     `json:"org"`
	Class     Text     `json:"class"`
	App       Text     `json:"app"`
	Agent     Text     `json:"agent"`
	Session   Text     `json:"session"`
	Item      Text     `json:"item"`
	MessageID Text     `json:"message_id"`
	Subject   Text     `json:"subject"`
	Query     Text     `json:"query"`
	Details   Facts    `json:"details"`               // what else the record said, by our field names
	More      int      `json:"details_more,omitzero"` // values beyond those listed
	File      string   `json:"file"`
	Line      int64    `json:"line"`
	Record    int64    `json:"record"`
	Identity  string   `json:"identity"`
	Findings  []string `json:"findings"`
}
