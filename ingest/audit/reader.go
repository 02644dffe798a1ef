package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// reader turns records of one stream into activities. It is used by one goroutine.
type reader struct {
	unwrap func(*reader, record.Record) (wrapped, error)
	words  *operation.Vocabulary
	header []string // of a table
	order  timestamp.Order
	data   data
	lists  lists
	whole  json.RawMessage // the AuditData that data was read from
	local  string          // the wrapping's time column, if it is of the exporter's own clock

	// Accelerators: nil is off, and says the same.
	guess      *record.Guess[data]
	remembered *remembered

	cursor record.Cursor
	room   room
	mail   mailSaid
	out    writer
	mended bool // the AuditData had escapes that JSON does not know
	spread bool // see record.ErrSpread
	proved bool // the record was read to its end, as one object that is no page
	slow   bool // read by encoding/json alone: the referee in tests
}

// lists are the record's lists of named values, read once.
type lists struct{ params, extended, modified, operation, device []property }

var (
	errEmpty       = errors.New("AuditData is empty")
	errHeaderAgain = errors.New("the header again: two exports in one file")
	errNames       = errors.New("AuditData has neither Operation nor CreationTime: not an audit record")
)

func newReader(unwrap func(*reader, record.Record) (wrapped, error)) *reader {
	return &reader{unwrap: unwrap, words: operation.NewVocabulary(), guess: record.NewGuess[data](), remembered: newRemembered()}
}

// begin forgets the record before. What was read of it shares its memory.
func (r *reader) begin() {
	r.data, r.lists, r.whole, r.mended, r.spread, r.proved = data{}, lists{}, nil, false, false, false
	r.remembered.next()
	r.cursor.Forget()
	r.room.clear()
}

// writer hands values to a shard.
func (r *reader) writer(to *activity.Shard) *writer {
	r.out.shard, r.out.sum = to, 0
	return &r.out
}

// Decode implements record.Decoder.
func (r *reader) Decode(rec record.Record, to *activity.Shard) error {
	r.begin()
	w, err := r.unwrap(r, rec)
	if err != nil {
		return err
	}
	w.answered(to)
	w.data = bytes.TrimSpace(w.data)
	a := activity.Activity{Offset: rec.Offset}
	flags, err := r.readWrapped(rec, &w, to)
	r.proved = r.proved && !w.within && len(w.data) == len(rec.Bytes)
	if err != nil {
		return err
	}
	if rec.Ask && r.spread {
		return record.ErrSpread
	}
	a.Flags |= flags
	a.Flags |= lossOf(rec)
	if r.mended {
		to.Tally(record.Mended)
	}
	if flags&activity.Lossy != 0 {
		to.Note(noteLossy)
		r.whole = nil
	}
	r.data.Operation = record.First(r.data.Operation, w.operation)
	if len(r.data.Operation) == 0 && len(r.data.CreationTime) == 0 {
		return errNames
	}
	if err = r.time(&a, w, to); err != nil {
		return err
	}
	if len(r.data.CreationTime) == 0 {
		to.Note("AuditData of some records has no CreationTime: CreationDate counts instead, where it could be read two ways as " + r.order.String())
	}
	if len(r.data.UserID) == 0 {
		r.data.UserID = record.First(w.user, r.data.UserKey, r.data.LogonUserSID)
	}
	r.fill(&a, w, r.writer(to))
	return nil
}

// lossOf says what a record had lost, and what was filled in, before it was read.
func lossOf(rec record.Record) (flags activity.Flags) {
	if rec.Lossy {
		flags |= activity.Lossy
	}
	if rec.Filled {
		flags |= activity.Filled
	}
	return flags
}

// readWrapped reads AuditData, and what stands around it where AuditData is lost or only a part of it is left.
func (r *reader) readWrapped(rec record.Record, w *wrapped, to *activity.Shard) (flags activity.Flags, err error) {
	r.whole = w.data
	if err = errEmpty; len(w.data) > 0 {
		if flags, err = r.readData(w.data); err == nil && len(r.data.Operation) == 0 && len(r.data.CreationTime) == 0 {
			err = errNames
		}
	}
	switch {
	case err == nil && flags != 0:
		r.around(rec, w)
	case err != nil && w.within:
		if !errors.Is(err, errNames) {
			r.data, r.whole = data{}, nil
		}
		if !r.around(rec, w) {
			return 0, err
		}
		to.Tally(notePartial)
		return activity.Salvaged, nil
	}
	return flags, err
}

// readData reads AuditData: as JSON, as far as truncated JSON goes, or from PowerShell's text. flags says which.
func (r *reader) readData(raw []byte) (flags activity.Flags, err error) {
	d := &r.data
	if record.Flattened(raw) {
		if !dataNames.PowerShell(raw, d) {
			flags = activity.Salvaged
		}
		return flags | activity.Lossy, nil
	}
	if r.scanData(raw) {
		return 0, nil
	}
	if err := dataNames.Decode(raw, d); err != nil {
		if text, odd := record.Mend(raw); odd && dataNames.Decode(text, d) == nil {
			r.whole, r.mended = text, true
			return 0, nil
		}
		if inner := record.ObjectIn(raw); inner != nil && !bytes.Equal(inner, raw) && dataNames.Decode(inner, d) == nil {
			r.whole = json.RawMessage(inner)
			return 0, nil
		}
		if !salvage(raw, d) {
			return 0, fmt.Errorf("AuditData: %w", err)
		}
		return activity.Salvaged, nil
	}
	return 0, nil
}

// Proved implements record.Prover.
func (r *reader) Proved() bool { return r.proved }

// ServiceID is AuditData.Id as the service wrote it, or the wrapper's; "" where neither can be read.
func (r *reader) ServiceID(rec record.Record) string {
	r.begin()
	w, err := r.unwrap(r, rec)
	if err != nil {
		return ""
	}
	if _, err := r.readData(bytes.TrimSpace(w.data)); err != nil || len(r.data.ID) == 0 {
		return string(w.id)
	}
	return string(r.data.ID)
}

// fill makes the activity of r.data and adds it.
func (r *reader) fill(a *activity.Activity, w wrapped, out *writer) {
	if !r.readLists() {
		a.Flags |= activity.Lossy
	}
	r.finish(a, w, out)
}

// finish is fill for a record whose lists are read.
func (r *reader) finish(a *activity.Activity, w wrapped, out *writer) {
	d := &r.data
	op := r.words.Look(d.Operation, r.hasParam)
	if op.Kind == activity.Other && ofAlerts(d.RecordType) {
		op = operation.Operation{Kind: activity.Alert, Owner: operation.OfAlert}
	}
	a.Type = op.Kind
	a.Result = d.result(a.Type)
	a.ActorType = actorType(d.UserType)
	a.Lane = laneOf(d.UserID, a.ActorType)
	r.setNames(a, op.Owner, out)
	putDetails(r, a, out)
	r.call(a, out.shard)
	a.ID = r.identity(a, w)
	out.shard.Tenant(record.First(d.OrganizationID, w.organization))
	a.Sum = out.sum + mix(uint64(a.Time)) + mix(uint64(a.Type)<<16|uint64(a.Result)<<8|uint64(a.ActorType))
	out.shard.Add(*a)
}

// readLists says whether all of the lists could be read.
func (r *reader) readLists() bool {
	d, ok := &r.data, true
	read := func(raw json.RawMessage) []property {
		list, fine := r.properties(raw)
		ok = ok && fine
		return list
	}
	r.lists.extended = read(d.ExtendedProperties)
	r.lists.modified = read(d.ModifiedProperties)
	r.lists.operation = read(d.OperationProperties)
	r.lists.device = read(d.DeviceProperties)
	if line := r.unquoted(d.Parameters); len(line) > 0 && line[0] == '-' {
		r.lists.params = commandLine(text(line))
	} else {
		r.lists.params = read(d.Parameters)
	}
	return ok
}

func (r *reader) hasParam(name string) bool {
	return find(r.lists.params, name) != nil || r.modified(name)
}

// modified says whether the record changes a property.
func (r *reader) modified(name string) bool {
	for i := range r.lists.modified {
		if r.lists.modified[i].is(name) {
			return true
		}
	}
	return false
}

// time sets when the act was recorded. A record without a time that can be read is skipped: it may be no record at all,
// but a header in the middle of joined files.
func (r *reader) time(a *activity.Activity, w wrapped, to *activity.Shard) error {
	t, ok := timestamp.Parse(r.data.CreationTime, timestamp.Unsettled)
	if ok && to.Times.Has(t) {
		a.Time = t
		return nil
	}
	t, undated, ok := timestamp.When(to, timestamp.TimeField{Name: "CreationTime", Text: r.data.CreationTime},
		timestamp.TimeField{Name: "CreationDate", Text: w.time, Order: r.order, Local: r.local != ""})
	if !ok {
		return fmt.Errorf("CreationTime %.40q, CreationDate %.40q: no time that can be read", r.data.CreationTime, w.time)
	}
	a.Time, a.Flags = t, a.Flags|undated
	if r.local != "" && len(r.data.CreationTime) == 0 {
		timestamp.NoteLocal(to, r.local)
	}
	return nil
}

// identity is the service's id. A sign-in's record has its id in the sign-in log as IntraSystemId, which makes both
// logs' accounts of one sign-in one activity; elsewhere IntraSystemId is shared by the records of one request.
func (r *reader) identity(a *activity.Activity, w wrapped) activity.ID {
	d := &r.data
	ids := [3]text{d.ID, w.id}
	if a.Type == activity.Logon {
		ids = [3]text{d.IntraSystemID, d.ID, w.id}
	}
	for _, text := range ids {
		if id, ok := activity.GUID(bytes.TrimSpace(text)); ok && id != (activity.ID{}) {
			return id
		}
	}
	if id := record.First(ids[:]...); id != nil {
		return activity.HashID(id)
	}
	// No id at all: the same act told twice has the same time, operation, actor, address and object.
	return activity.HashID(bytes.Join([][]byte{
		[]byte("audit"), d.CreationTime, d.Operation, d.UserID, record.First(d.ClientIP, d.ClientIPAddress, d.ActorIPAddress), d.ObjectID, d.ResultStatus, d.ErrorNumber,
		d.SessionID, d.Item, d.Folder,
	}, []byte{0}))
}

// setNames fills the activity's fixed texts. MailItemsAccessed has ClientIPAddress and no ClientIP in nine records of ten.
func (r *reader) setNames(a *activity.Activity, where operation.Owner, out *writer) {
	d := &r.data
	mailbox := touchedMailbox(r, where, a.Lane)
	a.Op = out.fixed(fixedOp, d.Operation)
	a.Actor = out.fold(fixedActor, d.UserID)
	a.Mailbox = out.fold(fixedMailbox, mailbox)
	client, others := record.Client(d.ClientIP, d.ClientIPAddress, d.ActorIPAddress)
	a.IP = out.fixed(fixedIP, client)
	for _, ip := range others {
		out.put(activity.FieldOtherIP, ip)
		a.Flags |= activity.TwoIPs
	}
	a.App = out.fixed(fixedApp, text(appType(d.ClientInfoString, d.ClientProcessName)))
	a.Agent = out.fixed(fixedAgent, r.agent())
	a.Session = out.fixed(fixedSession, r.session())
}

// session is the session id, whichever way the record names it: Exchange, Microsoft Graph and newer records, sign-ins.
func (r *reader) session() text {
	var access text
	if len(record.ID(r.data.SessionID)) == 0 && len(r.data.AppAccessContext) > 0 {
		object := r.unquoted(r.data.AppAccessContext)
		var ok bool
		if access, ok = r.scanMember(object, "aadsessionid"); !ok {
			access = decodeSession(object)
		}
	}
	return record.First(record.ID(r.data.SessionID), record.ID(access), record.ID(find(r.lists.device, "SessionId")))
}

func decodeSession(object json.RawMessage) text {
	var access struct{ AADSessionID text }
	_ = json.Unmarshal(object, &access) // odd shape: no session
	return access.AADSessionID
}

// agent is the user agent: the record's own, a sign-in's, a directory change's, or the tail of ClientInfoString.
func (r *reader) agent() text {
	var more text
	if details := find(r.lists.extended, "additionalDetails"); len(details) > 0 && details[0] == '{' {
		var ok bool
		if more, ok = r.scanMember(details, "user-agent"); !ok {
			more = decodeAgent(details)
		}
	}
	return record.First(r.data.UserAgent, find(r.lists.extended, "UserAgent"), more, agentOf(r.data.ClientInfoString))
}

func decodeAgent(details []byte) text {
	var more struct {
		UserAgent text `json:"User-Agent"`
	}
	_ = json.Unmarshal(details, &more) // odd shape: no agent
	return more.UserAgent
}
