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
