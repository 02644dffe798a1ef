package activity

// Interrupted says whether a sign-in error code is a step on the way rather than an end: the same person goes on, or is
// asked for something, under another record. Neither a success nor a failed guess. Source: Microsoft, "Microsoft Entra
// authentication and authorization error codes".
func Interrupted(code string) bool {
	switch code {
	case "16000", // choose an account
		"50058",          // no session to sign on with silently
		"50072", "50079", // enrol a second factor
		"50097",          // the device must prove itself
		"50125",          // set up password reset
		"50127", "50129", // install the broker, join the device
		"50140", // stay signed in?
		"50143", // another account's session
		"65001": // consent is missing
		return true
	}
	return false
}
