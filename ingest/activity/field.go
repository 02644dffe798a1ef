package activity

import "slices"

// Field names one thing that a rule may ask of an activity. Fixed fields stand in the Activity itself, place fields
// follow from its address, the rest stand in its details.
type Field uint8

// The fields, in the order in which rules/README.md lists them.
const (
	FieldNone Field = iota
	FieldTime
	FieldSource
	FieldType
	FieldOp
	FieldWorkload
	FieldMailbox
	FieldActor
	FieldActorType
	FieldLane
	FieldResult
	FieldError
	FieldIP
	FieldCountry
	FieldASN
	FieldOrg
	FieldIPClass
	FieldApp
	FieldAppID
	FieldAgent
	FieldSession
	FieldQuery
	FieldItem
	FieldMessageID
	FieldConversation
	FieldSubject
	FieldSender
	FieldRecipients
	FieldAttachments
	FieldFolder
	FieldObject
	FieldForwardTo
	FieldForwardDomain
	FieldForwardExternal
	FieldScopes
	FieldTarget
	FieldAccess      // Bind or Sync of MailItemsAccessed
	FieldCount       // OperationCount of MailItemsAccessed; how many messages one record stands for
	FieldChain       // the whole address field where it held more than one address (X-Forwarded-For)
	FieldDevice      // the device's id or name, where a log says it is a managed device
	FieldOriginal    // the message a moved or replied item was before, where the log says it
	FieldOtherIP     // addresses that a record names beside the client's: the service's own, the one a resource saw
	FieldStrangeness // how strange the act is to its account, 0 to 5: measured, and in no record
	FieldStrangeWhy  // the signs that made it
	fieldCount
)

// fieldNames are the words of YAML and JSON, by Field.
func fieldNames() [fieldCount]string {
	return [fieldCount]string{
		"", "time", "source", "type", "op", "workload", "mailbox", "actor", "actor_type", "lane", "result", "error",
		"ip", "country", "asn", "org", "ip_class", "app", "app_id", "agent", "session", "query", "item", "message_id",
		"conversation", "subject", "sender", "recipients", "attachments", "folder", "object", "forward_to",
		"forward_domain", "forward_external", "scopes", "target", "access", "count", "chain", "device", "original",
		"other_ip", "strangeness", "strange_why",
	}
}

// String is the field's word in YAML and JSON.
func (f Field) String() string {
	if f >= fieldCount {
		return ""
	}
	return fieldNames()[f]
}

// FieldNames lists every word that names a field, in order of Field; params.<Name> and raw.<path> come on top.
func FieldNames() []string {
	names := fieldNames()
	return names[1:]
}

// ParseField is the field that a word names; ok is false for a word that names none.
func ParseField(word string) (f Field, ok bool) {
	names := fieldNames()
	i := slices.Index(names[:], word)
	if i <= 0 {
		return FieldNone, false
	}
	return Field(i), true
}

// Key names one detail of an activity: a Field, or, with its high bit set, a Symbol whose text is the lower-case
// name of a dynamic field ("params.forwardto", "raw.item.id").
type Key uint32

const dynamicKey Key = 1 << 31

// KeyOf is the key of a field.
func KeyOf(f Field) Key { return Key(f) }

// DynamicKey is the key of a dynamic field, whose lower-case name is the symbol's text.
func DynamicKey(name Symbol) Key { return dynamicKey | Key(name) }

// Dynamic is the symbol of a dynamic field's name; ok is false where the key is a Field.
func (k Key) Dynamic() (name Symbol, ok bool) {
	if k&dynamicKey == 0 {
		return 0, false
	}
	return Symbol(k &^ dynamicKey), true
}

// Detail is one value of one field of an activity. A field with several values (recipients, attachments) has several
// details, in the order of the log.
type Detail struct {
	Key   Key
	Value Symbol
}

// Interest says which optional fields the loaded rules read, so that readers keep those only. The zero value keeps all
// Fields and no dynamic ones.
type Interest struct {
	Params map[string]bool // lower-case parameter names without "params."; nil = those of every rule-like change
	Raw    []string        // paths without "raw.", as the rules write them
	Whole  bool            // read every record to its end (--strict)
}
