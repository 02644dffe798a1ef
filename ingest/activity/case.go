package activity

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// Case is everything that was handed over, as one: distinct activities in total order, and where each stood.
type Case struct {
	Symbols    *Symbols
	Activities []Activity // distinct, in the order of Compare; undated ones first
	Inputs     []Input
	Skips      []Skip        // by file, then offset
	Duplicates []Duplicate   // by activity, then file and offset
	Conflicts  []Conflict    // one id, different content
	Shared     []SharedRows  // by input, then the other one
	Aliases    []Alias       // by account, then name
	Called     []Called      // what records call accounts beside their names, each once
	Fetches    []FetchRecord // what triage fetch wrote down of its evidence, by folder; of the whole, where there are parts

	// Tenant is the id of the tenant whose logs these are, in lower case; "" where no record says it.
	Tenant string
	// Own are the tenant's mail domains as far as traces are concerned, sorted: of a traced message, its other end is a
	// stranger's. None where nothing tells them.
	Own []string
	// Parts are the cases of the tenants, where there are several, in order of id, the one that nothing names last. The
	// whole then has the inputs and the skips, and no activities: nothing may be concluded from two tenants at once.
	// Parts number their own inputs: Whole is how the whole numbers them.
	Parts []*Case

	whole   []uint32 // of a part: by input, its number in the whole
	details []Detail
	joins   joins
	moved   []otherItem // until they are joined
	types   [typeCount][]uint32
}

// Input is one stream of records: a file, a member of an archive, or standard input.
type Input struct {
	Path        string // as the user named it; "-" for standard input; archive.zip!member for members
	SHA256      string // of the bytes as they lay on the disk, in lower-case hexadecimal
	Bytes       int64  // of the decoded stream
	Format      string // "activities-csv", "audit-search-csv" …
	Why         string // what made it that format
	Source      Source
	Mailbox     string // owner of an export without a mailbox column; "" where each record names its own
	MailboxFrom string // where Mailbox comes from
	Rows        int64  // records, however they ended
	Activities  int64  // distinct activities whose printed origin is here
	Duplicates  int64
	Skipped     int64
	First, Last int64   // span of its dated activities in milliseconds; 0, 0 if it has none
	Chunks      []Chunk // by offset; how lines and record numbers are worked out
	Notes       []string
	Encoding    string   // of the text: "UTF-8", "UTF-16LE" …
	Damaged     string   // why what was read may not be what was written: a checksum; "" where nothing says so
	Ended       string   // why the stream ended before its records did; "" where it did not
	Answers     []Answer // by size; what is known of the queries whose rows these are
	Typical     int64    // half of its records are no longer than so many bytes, to about a tenth; 0: it has none
}

// FetchRecord is what triage fetch wrote down of evidence that it brought: what is missing in it is known, not guessed.
type FetchRecord struct {
	Evidence string // the folder, as the user named it
	Name     string // of the source, as in triage fetch NAME
	Source   Source // SourceUnknown: none of the logs, or several
	Complete bool   // everything was asked for
	Wavered  bool   // the service's answers never agreed with each other
	Rows     int64
	Covered  []Span // of which everything came, by list and time
	Gaps     []Gap
}

// Span is a stretch of time of a list, both ends included, in milliseconds since 1970 UTC.
type Span struct {
	List        string
	First, Last int64
}

// Gap is what a fetch could not have.
type Gap struct {
	List        string
	Mailbox     string // "" for the whole tenant
	First, Last int64  // 0, 0: no time
	Reason      string
	Remedy      string // "" where there is none
	File        string // where the output of the remedy, a command, is read; "" for none
	Lost        bool   // it was asked for; else no service of the kind has it
}

// Chunk is a stretch of a decoded stream that begins at a record.
type Chunk struct {
	Offset  int64 // of its first byte
	Line    int64 // physical line there, from 1
	Records int64 // records before it
}

// Skip is a record that could not be read, or a stretch of text that holds none.
type Skip struct {
	Origin
	Reason string
	Count  int64 // records that it stands for, it and those that follow; more than one where there are very many
	Bytes  int64 // of it in the decoded stream; 0: nobody knows
	Lines  int64 // physical lines that it stands on
}

// Length is how long what was skipped is, as reports put it: "629 KB, 996 lines".
func (s Skip) Length() string {
	lines := "1 line"
	if s.Lines != 1 {
		lines = thousands(s.Lines) + " lines"
	}
	switch n := s.Bytes; {
	case n < 1000:
		return fmt.Sprintf("%d bytes, %s", n, lines)
	case n < 1000*1000:
		return fmt.Sprintf("%d KB, %s", (n+500)/1000, lines)
	default:
		return fmt.Sprintf("%s MB, %s", strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64), lines)
	}
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// Stretch says whether what was skipped is more than a record: longer than twice the record that stands in the middle when
// the input's records are sorted by length. Where no record was read, several lines are a stretch.
func (c *Case) Stretch(s Skip) bool {
	typical := c.Inputs[s.File].Typical
	return typical > 0 && s.Bytes > 2*typical || typical == 0 && s.Lines > 1
}

// Duplicate is another place where an activity stands.
type Duplicate struct {
	Activity uint32 // index into Case.Activities
	Origin
}

// Conflict is two records under one id whose content differs; both are kept unless Merged.
type Conflict struct {
	Kept, Other Origin
	Merged      bool // one was lossy or of another kind of source: gaps of the richer copy were filled from it
}

// Tenants are the cases of its tenants: its parts, or where there is but one, the case itself.
func (c *Case) Tenants() []*Case {
	if len(c.Parts) > 0 {
		return c.Parts
	}
	return []*Case{c}
}

// Whole is an origin as the whole case numbers its inputs; of a case that is no part, the origin itself.
func (c *Case) Whole(o Origin) Origin {
	if c.whole != nil {
		o.File = c.whole[o.File]
	}
	return o
}

// From says whether any input is of a source.
func (c *Case) From(s Source) bool {
	return slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Source == s })
}

// OfType are the indexes of the activities of a type, in order. The caller must not change them.
func (c *Case) OfType(t Type) []uint32 {
	if t >= typeCount {
		return nil
	}
	return c.types[t]
}

// Text is a symbol's text.
func (c *Case) Text(s Symbol) string { return c.Symbols.Text(s) }

// Details yields what the record said beyond the fixed fields, in the order of the log.
func (c *Case) Details(a *Activity) iter.Seq[Detail] {
	return func(yield func(Detail) bool) {
		for _, d := range c.run(a) {
			if !yield(d) {
				return
			}
		}
	}
}

func (c *Case) run(a *Activity) []Detail {
	if a.Detail == 0 {
		return nil
	}
	n := uint32(c.details[a.Detail].Key)
	return c.details[a.Detail+1 : a.Detail+1+n]
}

// Get is the first value of a detail; 0 if the record has none.
func (c *Case) Get(a *Activity, f Field) Symbol {
	for _, d := range c.run(a) {
		if d.Key == KeyOf(f) {
			return d.Value
		}
	}
	return 0
}

// Lookup is the first value under a key; ok tells a value that is present and empty from one that is absent.
func (c *Case) Lookup(a *Activity, k Key) (value Symbol, ok bool) {
	for _, d := range c.run(a) {
		if d.Key == k {
			return d.Value, true
		}
	}
	return 0, false
}

// KeyName is the name of a detail: a field's word, or a dynamic field's lower-case name.
func (c *Case) KeyName(k Key) string {
	if name, ok := k.Dynamic(); ok {
		return c.Text(name)
	}
	return Field(k).String()
}

// Origins yields every place where an activity stands, the printed one first.
func (c *Case) Origins(index uint32) iter.Seq[Origin] {
	return func(yield func(Origin) bool) {
		if !yield(c.Activities[index].Origin()) {
			return
		}
		for i := c.firstDuplicate(index); i < len(c.Duplicates) && c.Duplicates[i].Activity == index; i++ {
			if !yield(c.Duplicates[i].Origin) {
				return
			}
		}
	}
}

func (c *Case) firstDuplicate(index uint32) int {
	low, high := 0, len(c.Duplicates)
	for low < high {
		mid := (low + high) / 2
		if c.Duplicates[mid].Activity < index {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
