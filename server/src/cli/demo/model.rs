//! The language model behind the chat: the person's own, or the stub writer.

use super::{Folder, Net, Vars, folder};
use anyhow::bail;
use std::path::PathBuf;

/// The language model behind the chat.
#[derive(Debug)]
pub(super) struct Model {
    /// With `/v1`.
    pub(super) url: String,
    pub(super) key_file: PathBuf,
    pub(super) name: String,
    /// The demo's own stub.
    pub(super) stub: bool,
}

impl Model {
    /// A model of the person's own when one is named in the environment, else the stub.
    ///
    /// # Errors
    /// Only a part of the model's settings is given.
    pub(super) fn choose(folder: &Folder, net: Net, vars: &Vars) -> anyhow::Result<Self> {
        let get = |name| vars.get(name).map(String::as_str).filter(|v| !v.is_empty());
        let (url, name) = (get("SLIPWAY_LLM_URL"), get("SLIPWAY_LLM_MODEL"));
        let (key, key_file) = (get("SLIPWAY_LLM_KEY"), get("SLIPWAY_LLM_KEY_FILE"));
        let key_file = match (key, key_file) {
            (Some(key), _) => {
                let file = folder.secret("model-key");
                folder::replace(&file, key, 0o600)?;
                Some(file)
            }
            (None, Some(file)) => Some(std::path::absolute(file)?),
            (None, None) => None,
        };
        match (url, name, key_file) {
            (None, None, None) => Ok(Self {
                url: format!("http://{}/v1", net.llm()),
                key_file: folder.secret("stub-writer-key"),
                name: "stub-writer".to_owned(),
                stub: true,
            }),
            (Some(url), Some(name), Some(key_file)) => {
                Ok(Self { url: url.trim_end_matches('/').to_owned(), key_file, name: name.to_owned(), stub: false })
            }
            _ => bail!(
                "For a language model of your own set all of SLIPWAY_LLM_URL (with /v1), SLIPWAY_LLM_MODEL and \
                 SLIPWAY_LLM_KEY or SLIPWAY_LLM_KEY_FILE; for the stub writer set none of them."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::folder::tests::at;
    use super::*;

    fn choose(vars: &[(&str, &str)]) -> anyhow::Result<Model> {
        let dir = tempfile::tempdir().unwrap();
        let folder = at(dir.path(), Net([127, 0, 9])).unwrap();
        folder.lay_out(&folder::tests::Zeroes).unwrap();
        let vars = vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Model::choose(&folder, Net([127, 0, 9]), &vars)
    }

    #[test]
    fn is_the_stub_unless_all_of_another_one_is_given() {
        let stub = choose(&[("SLIPWAY_LLM_URL", "")]).unwrap();
        assert_eq!(
            (stub.name.as_str(), stub.url.as_str(), stub.stub),
            ("stub-writer", "http://127.0.9.7:8000/v1", true)
        );
        let given =
            [("SLIPWAY_LLM_URL", "https://models.example/v1/"), ("SLIPWAY_LLM_MODEL", "m"), ("SLIPWAY_LLM_KEY", "k")];
        let own = choose(&given).unwrap();
        assert_eq!((own.name.as_str(), own.url.as_str(), own.stub), ("m", "https://models.example/v1", false));
        assert!(choose(&given[..2]).is_err());
    }
}
