//! The catalogue as the text it is written in: TOML, as `entries.toml`.

use super::Catalogue;
use crate::refusal::Refusal;

impl Catalogue {
    /// Reads it; what the entries say is checked by the paper itself.
    ///
    /// # Errors
    /// It is no such text; the sentence names the line.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
            let (line, said) = (before.matches('\n').count() + 1, error.message());
            Refusal::invalid("text", format!("{line}行目を直してください: {said}"), format!("Mend line {line}: {said}"))
        })
    }

    /// Writes it; empty where it cannot be written, which no catalogue that was read is.
    pub fn write(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = Catalogue::shipped().write();
        assert_eq!(&Catalogue::read(&text).unwrap(), Catalogue::shipped());
    }

    #[test]
    fn a_fault_names_its_line() {
        let text = Catalogue::shipped().write().replacen("class = \"slight\"", "class = \"small\"", 1);
        let line = text.lines().position(|line| line.contains("\"small\"")).unwrap() + 1;
        let refused = Catalogue::read(&text).unwrap_err();
        assert_eq!(refused.field(), Some("text"));
        assert!(refused.en.starts_with(&format!("Mend line {line}: ")), "{}", refused.en);
        assert!(Catalogue::read("rows = 1").is_err() && Catalogue::read("").is_err());
    }
}
