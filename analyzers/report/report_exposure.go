package report

// Exposure is what one intruder reached in one mailbox. Its sums count everything, also what the lists leave out.
type Exposure struct {
	Intruder     string          `json:"intruder"`
	Mailbox      Text            `json:"mailbox"`    // null: the records name none
	First        Time            `json:"first"`      // of his acts there
	Last         Time            `json:"last"`       // likewise
	Activities   int             `json:"activities"` // his acts there
	Sums         ExposureSums    `json:"sums"`
	Items        []ExposedItem   `json:"items"` // messages and files, each once: proven, presumed, contested; in each by time
	ItemsMore    int             `json:"items_more"`
	Taken        []Taken         `json:"taken"` // folders, mailboxes, streams of messages that he took whole
	TakenMore    int             `json:"taken_more"`
	Unknown      []ExposureGap   `json:"unknown"` // when the log cannot tell what was read
	Searches     []ExposedSearch `json:"searches"`
	SearchesMore int             `json:"searches_more"`
	Changes      []ExposedChange `json:"changes"` // rules, forwarding, rights, consents, links
	ChangesMore  int             `json:"changes_more"`
	Tenant       TenantOf        `json:"tenant,omitzero"`
}

// ExposureSums are how much of everything there is.
type ExposureSums struct {
	Messages ExposureCount `json:"messages"`
	Files    ExposureCount `json:"files"`
	Acts     []ActSum      `json:"acts"` // proven items by what was done with them; an item counts for each
	Searches int           `json:"searches"`
	Rules    int           `json:"rules"` // made or changed, forwarding included
	Rights   int           `json:"rights"`
	Consents int           `json:"consents"`
	Links    int           `json:"links"`
	Taken    int           `json:"taken"`
	Unknown  int           `json:"unknown"` // intervals
	Bytes    Number        `json:"bytes"`   // of the proven messages whose size is known; null: of none
	Sized    int           `json:"sized"`   // how many those are
}

// ExposureCount is how many items there are of each state; each counts once, by its surest.
type ExposureCount struct {
	Proven    int `json:"proven"`
	Presumed  int `json:"presumed"`
	Contested int `json:"contested"`
}

// ActSum is how many proven items something was done with.
type ActSum struct {
	Act   string `json:"act"`
	Items int    `json:"items"`
}

// ExposedItem is one message or file that an intruder touched, or may have.
type ExposedItem struct {
	Kind           string     `json:"kind"`          // message or file
	State          string     `json:"state"`         // proven, presumed, contested
	Acts           []string   `json:"acts"`          // what he did with it
	IdentifiedBy   string     `json:"identified_by"` // message_id, item, conversation, address
	MessageID      Text       `json:"message_id"`
	Item           Text       `json:"item"`
	Conversation   Text       `json:"conversation"`
	Address        Text       `json:"address"` // of a file
	Subject        Text       `json:"subject"`
	Sender         Text       `json:"sender"`
	Guess          bool       `json:"guess"` // subject and sender are those of its conversation
	Recipients     []string   `json:"recipients"`
	RecipientsMore int        `json:"recipients_more"`
	Received       Time       `json:"received"`
	Size           Number     `json:"size"`
	Folder         Text       `json:"folder"`
	Attachments    []string   `json:"attachments"`
	Answers        Text       `json:"answers"` // subject of the message that it most likely answers
	First          Time       `json:"first"`   // when he first touched it; of what is presumed, when it was taken
	Last           Time       `json:"last"`
	Touches        int        `json:"touches"`   // acts of his that name it
	Contested      int        `json:"contested"` // acts that name it and may be the owner's
	TakenBy        []string   `json:"taken_by"`  // what it was taken with
	Evidence       []Citation `json:"evidence"`  // never empty
	EvidenceMore   int        `json:"evidence_more"`
}

// Taken is a folder, a mailbox or a stream of messages that an intruder took whole, or may have.
type Taken struct {
	How         string     `json:"how"`
	Text        string     `json:"text"`   // in words
	Folder      Text       `json:"folder"` // null: the whole mailbox
	Name        Text       `json:"name"`   // of the protocol, application, rule or search
	Targets     []string   `json:"targets"`
	First       Time       `json:"first"`
	Last        Time       `json:"last"`
	Standing    bool       `json:"standing"`     // it still stands as far as the log goes
	NotJudged   bool       `json:"not_judged"`   // it has conditions that the data cannot judge: it may have left out messages that are presumed
	ReadsBodies bool       `json:"reads_bodies"` // it looks into what messages say: it may have taken more than is presumed
	Messages    int        `json:"messages"`     // known to have been there
	Evidence    []Citation `json:"evidence"`
	More        int        `json:"evidence_more"`
}

// ExposureGap is an interval in which the log cannot tell what was read.
type ExposureGap struct {
	Code     string     `json:"code"`
	First    Time       `json:"first"` // null: all the time
	Last     Time       `json:"last"`
	Text     string     `json:"text"`
	Evidence []Citation `json:"evidence"`
}

// ExposedSearch is one search of an intruder.
type ExposedSearch struct {
	Time     Time       `json:"time"`
	Query    string     `json:"query"`
	Rows     int        `json:"rows"` // activities that it was logged as, letter by letter
	Evidence []Citation `json:"evidence"`
}

// ExposedChange is something that an intruder changed so that he sees, takes or hides more.
type ExposedChange struct {
	Type     string   `json:"type"`
	Op       Text     `json:"op"`
	What     Text     `json:"what"` // the rule's name, the right, the application, the file
	Target   Text     `json:"target"`
	Values   []string `json:"values"` // where it sends mail on to, scopes
	Evidence Citation `json:"evidence"`
}

// Thread is one conversation about money that an intruder touched.
type Thread struct {
	Intruder       string           `json:"intruder"`
	Mailbox        Text             `json:"mailbox"`
	Title          string           `json:"title"`      // its subject without the prefixes of answers
	GroupedBy      string           `json:"grouped_by"` // conversation, references, subject
	Likely         bool             `json:"likely"`     // that its messages are one conversation is likely and no more
	Words          []string         `json:"words"`      // of money
	Acts           []string         `json:"acts"`       // what he did in it
	Searches       []string         `json:"searches"`   // of his that find it
	First          Time             `json:"first"`      // of his acts in it
	Last           Time             `json:"last"`
	Correspondents []string         `json:"correspondents"`
	LookAlikes     []LookAlike      `json:"look_alikes"`
	Changed        []ChangedAddress `json:"changed"`
	Messages       []ThreadMessage  `json:"messages"`
	MessagesMore   int              `json:"messages_more"`
	Tenant         TenantOf         `json:"tenant,omitzero"`
}

// ThreadMessage is one message of a thread.
type ThreadMessage struct {
	Time     Time     `json:"time"`
	From     Text     `json:"from"`
	Subject  Text     `json:"subject"`
	Touched  []string `json:"touched"` // what the intruder did with it; empty: nothing that the data shows
	Check    Text     `json:"check"`   // why bank details in it are to be checked; null: nothing asks for it
	Evidence Citation `json:"evidence"`
}

// LookAlike is a domain in a thread that looks like another one of it, or like the tenant's own.
type LookAlike struct {
	Domain    string     `json:"domain"`
	LooksLike string     `json:"looks_like"`
	Addresses []string   `json:"addresses"`
	First     Time       `json:"first"`
	Evidence  []Citation `json:"evidence"`
}

// ChangedAddress is somebody in a thread who writes from, or wants answers at, another address than before.
type ChangedAddress struct {
	What     string   `json:"what"` // sender or reply-to
	Was      string   `json:"was"`
	Now      string   `json:"now"`
	Time     Time     `json:"time"`
	Evidence Citation `json:"evidence"`
}
