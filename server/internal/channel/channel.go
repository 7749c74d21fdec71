package channel

// CheckChannel refuses a channel that breaks CH-2 or CH-3 or is longer than
// maxBytes; the catalogue's reason is CHANNEL_INVALID. The error is a *NameError.
// It allocates nothing for a valid channel.
func CheckChannel(name string, maxBytes int) error {
	if err := checkLength("channel", name, maxBytes); err != nil {
		return err
	}
	tokenStart := 0
	for i := range len(name) {
		switch classOf[name[i]] {
		case classLetter:
		case classDot:
			if i == tokenStart {
				return emptyToken("channel", name, i)
			}
			tokenStart = i + 1
		default:
			return foreignInChannel(name, i)
		}
	}
	if tokenStart == len(name) {
		return emptyToken("channel", name, tokenStart)
	}
	return nil
}

func foreignInChannel(name string, i int) *NameError {
	if wildcard(name[i]) {
		return nameErrorf(name, "%s at byte %d is not accepted: wildcards stand only in the pattern of a subscription; name one channel in full", displayAt(name, i), i+1)
	}
	return nameErrorf(name, "%s at byte %d is not accepted; a channel has only %s, with dots between its tokens", displayAt(name, i), i+1, alphabetText)
}
