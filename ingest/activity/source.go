package activity

import "time"

// Source is the kind of log that an input is. What there is to know of one stands in its row of facts.
type Source uint8

// The sources. SourceUnknown is the zero value: an input that no reader recognised.
const (
	SourceUnknown    Source = iota
	SourceActivities        // Outlook Activities API, 2018
	SourceAudit             // Unified Audit Log
	SourceSignin            // Entra ID sign-ins
	SourceTrace             // message trace
	SourceRules             // listings of inbox rules: state, not activities in time
	SourceMessage           // internet headers
	SourceAlerts            // what Microsoft's own detections say: alerts, risks
	SourceListings          // listings of forwarding, transport rules, grants, methods: state, as SourceRules
	SourceGraph             // calls of Microsoft Graph
	SourceHunting           // tables of Defender's advanced hunting
	SourceCount             // how many there are
)

// sourceFacts are what there is to know of a source.
type sourceFacts struct {
	word string // in YAML and JSON
	name string // as people call it; "" is "the log"
	log  bool   // a log in time, whose silences mean something
	// stands says that it lists what there is, without times, rather than what was done.
	stands bool
	// kept are the days that the service keeps what was recorded, by licence and age, least first; the standard is the one
	// that usually counts. None: it deletes nothing by age.
	kept     []int
	standard func(recorded time.Time) int
	perByte  float64 // memory of an analysis for each decoded byte, measured with a million records
	given    TestRow // how a pack's tests give a row
}

// TestRow is how a row of a source is given in a pack's test: the format that reads it, and which of its fields is the time;
// "" where it has none.
type TestRow struct{ Format, Time string }

// daysKept is a standard that never changed.
func daysKept(n int) func(time.Time) int { return func(time.Time) int { return n } }

// facts has one row a source: a new one is a row here and a reader.
//
// Retention: Microsoft Purview, "Audit log retention policies" (180 days of what was recorded since 2023-10-17, 90 of what
// was before; a year with Audit Premium); Microsoft Entra, "data retention" (sign-ins 30 days with P1 or P2, 7 without);
// Exchange Online, "Message trace" (90).
func (s Source) facts() sourceFacts {
	switch s {
	case SourceActivities:
		return sourceFacts{
			word: "activities", name: "the log of Outlook Activities", log: true, standard: daysKept(0), perByte: 1,
			given: TestRow{"activities-json", "TimeStamp"},
		}
	case SourceAudit:
		return sourceFacts{
			word: "audit", name: "the Unified Audit Log", log: true, kept: []int{90, 180, 365},
			standard: func(recorded time.Time) int {
				if recorded.Before(time.Date(2023, 10, 17, 0, 0, 0, 0, time.UTC)) {
					return 90
				}
				return 180
			},
			perByte: 0.6, // 0.3 for a tenant's usual mix, 0.9 where most is MailItemsAccessed
			given:   TestRow{"audit-json", "CreationTime"},
		}
	case SourceSignin:
		return sourceFacts{
			word: "signin", name: "the sign-in log", log: true, kept: []int{7, 30}, standard: daysKept(30), perByte: 0.5,
			given: TestRow{"signin-json", "createdDateTime"},
		}
	case SourceTrace:
		return sourceFacts{
			word: "trace", name: "the message trace", log: true, kept: []int{90}, standard: daysKept(90), perByte: 1.5,
			given: TestRow{"trace-json", "Received"},
		}
	case SourceRules:
		return sourceFacts{
			word: "rules", name: "the listing of inbox rules", stands: true, standard: daysKept(0), perByte: 0.5,
			given: TestRow{Format: "rules-json"},
		}
	case SourceMessage:
		return sourceFacts{
			word: "message", standard: daysKept(0), perByte: 0.1, // bodies are not kept
			given: TestRow{"message-headers-json", "receivedDateTime"},
		}
	case SourceAlerts:
		return sourceFacts{
			word: "alerts", name: "Microsoft's alerts", standard: daysKept(0), perByte: 0.5, given: TestRow{"alerts-json", "createdDateTime"},
		}
	case SourceListings:
		return sourceFacts{
			word: "listings", name: "listings of settings", stands: true, standard: daysKept(0), perByte: 0.5,
			given: TestRow{Format: "listings-json"},
		}
	case SourceGraph:
		return sourceFacts{
			word: "graph", name: "the log of Microsoft Graph", standard: daysKept(0), perByte: 0.5,
			given: TestRow{"graph-activity-json", "timeGenerated"},
		}
	case SourceHunting:
		return sourceFacts{
			word: "hunting", name: "Defender's advanced hunting", kept: []int{30}, standard: daysKept(30), perByte: 0.5,
			given: TestRow{"hunting-json", "Timestamp"},
		}
	default:
		return sourceFacts{word: "unknown", perByte: 0.5, standard: daysKept(0)}
	}
}

// Sources are all sources that a reader may recognise, in the order of reports.
func Sources() []Source {
	var list []Source
	for s := SourceUnknown + 1; s < SourceCount; s++ {
		list = append(list, s)
	}
	return list
}

// String is the source's word in YAML and JSON.
func (s Source) String() string { return s.facts().word }

// Name is the source as people call it: "the message trace".
func (s Source) Name() string {
	if name := s.facts().name; name != "" {
		return name
	}
	return "the log"
}

// Log says that the source is a log in time, whose silences mean something.
func (s Source) Log() bool { return s.facts().log }

// Stands says that the source lists what there is, without times, rather than what was done: a listing of rules.
func (s Source) Stands() bool { return s.facts().stands }

// Kept is how long the service keeps what a log recorded at a time, in days, by its standard retention; 0 for what it
// does not delete by age.
func (s Source) Kept(recorded time.Time) int { return s.facts().standard(recorded) }

// Reaches are the days that a log reaches back where nothing older is kept, whatever the licence.
func (s Source) Reaches() []int { return s.facts().kept }

// PerByte is about how many bytes of memory an analysis takes for each decoded byte of the log.
func (s Source) PerByte() float64 { return s.facts().perByte }

// Given is how a row is given in a pack's test; its format is "" where none can be.
func (s Source) Given() TestRow { return s.facts().given }
