package channel

// DefaultTenant is the tenant that an empty tenant means (CH-1).
const DefaultTenant = "~"

// NormalizeTenant is the tenant that t means: DefaultTenant for the empty text,
// otherwise t itself.
func NormalizeTenant(t string) string {
	if t == "" {
		return DefaultTenant
	}
	return t
}

// CheckTenant refuses a normalized tenant that breaks CH-1 or is longer than
// maxBytes; the catalogue's reason is TENANT_INVALID. The error is a *NameError.
// A dot is an ordinary character here, and wildcards do not exist (CH-5).
func CheckTenant(name string, maxBytes int) error {
	if err := checkLength("tenant", name, maxBytes); err != nil {
		return err
	}
	for i := range len(name) {
		switch class := classOf[name[i]]; class {
		case classLetter, classDot:
		case classStar, classTail:
			return nameErrorf(name, "%s at byte %d is not accepted: a tenant has no wildcards; name each tenant in full", displayAt(name, i), i+1)
		default:
			return nameErrorf(name, "%s at byte %d is not accepted; a tenant has only %s and dots", displayAt(name, i), i+1, alphabetText)
		}
	}
	return nil
}
