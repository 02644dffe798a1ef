package activity

// OtherIPs are the addresses that an activity's record names beside the one that the activity has, in the order of the log.
func (c *Case) OtherIPs(a *Activity) []Symbol {
	if a.Flags&TwoIPs == 0 {
		return nil
	}
	var others []Symbol
	for _, d := range c.run(a) {
		if d.Key == KeyOf(FieldOtherIP) {
			others = append(others, d.Value)
		}
	}
	return others
}

// TakeIP makes one of the other addresses the activity's; the one that it had becomes another one.
func (c *Case) TakeIP(a *Activity, ip Symbol) {
	run := c.run(a)
	for i := range run {
		if run[i].Key == KeyOf(FieldOtherIP) && run[i].Value == ip {
			run[i].Value, a.IP = a.IP, ip
			return
		}
	}
}

// NoRecipient is FieldForwardTo of a record that sends mail on and does not name to whom: its list of actions was cut, or
// the recipient left out.
const NoRecipient = "a recipient that the record does not name"

// What a record that makes or changes a contact of the directory says, as names of dynamic fields: what it is called, and
// the address outside that its mail goes to.
const (
	ContactName    = "contact.name"
	ContactAddress = "contact.address"
)

// Abroad is the name of a dynamic field of logons: whoever logged on may be no member of the tenant whose log it is.
const Abroad = "abroad"

// SetValues gives an activity other values of a field, in the place of those that its record has. The caller owns the
// case; it is for passes of Builder.Case.
func (c *Case) SetValues(a *Activity, f Field, values []Symbol) {
	var run []Detail
	put := func() {
		for _, v := range values {
			run = append(run, Detail{KeyOf(f), v})
		}
		values = nil
	}
	for _, d := range c.run(a) {
		if d.Key == KeyOf(f) {
			put()
			continue
		}
		run = append(run, d)
	}
	put()
	if len(run) == 0 {
		a.Detail = 0
		return
	}
	start := uint32(len(c.details))
	c.details = append(append(c.details, Detail{Key: Key(len(run))}), run...)
	a.Detail = start
}
