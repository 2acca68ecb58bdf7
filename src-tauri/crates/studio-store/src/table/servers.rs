//! `servers`: profiles of the user's own servers. No secret has a column here.

use rusqlite::{Connection, params};
use studio_wire::ServerId;
use studio_wire::server::ServerProfile;

/// Every profile, by name. One whose addresses are broken has none, so that it can be mended.
pub fn read(connection: &Connection) -> rusqlite::Result<Vec<ServerProfile>> {
    connection
        .prepare("SELECT id, name, urls, key_name FROM servers ORDER BY name, id")?
        .query_map([], |row| {
            let urls: String = row.get(2)?;
            Ok(ServerProfile {
                id: ServerId(row.get(0)?),
                name: row.get(1)?,
                urls: serde_json::from_str(&urls).unwrap_or_default(),
                key: row.get(3)?,
            })
        })?
        .collect()
}

/// Makes a profile or changes it.
pub fn write(connection: &Connection, profile: &ServerProfile) -> rusqlite::Result<()> {
    // Taken apart, so that a field that a profile gets one day is not stored by oversight.
    let ServerProfile { id, name, urls, key } = profile;
    connection.execute(
        "INSERT INTO servers (id, name, urls, key_name) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET name = ?2, urls = ?3, key_name = ?4",
        params![id.as_str(), name, serde_json::Value::from(urls.clone()).to_string(), key],
    )?;
    Ok(())
}

/// Removes a profile; shows that ran on it keep its id.
pub fn forget(connection: &Connection, server: &ServerId) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM servers WHERE id = ?1", [server.as_str()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use studio_wire::ServerId;
    use studio_wire::server::ServerProfile;
    use studio_wire::store::StoreOrder;

    use crate::table::bench::{Bench, ODD};

    fn profile(id: &str, name: &str, urls: &[&str]) -> ServerProfile {
        let urls = urls.iter().map(|&url| url.to_owned()).collect();
        ServerProfile { id: ServerId::from(id), name: name.to_owned(), urls, key: format!("key of {id}") }
    }

    fn write(bench: &Bench, profile: &ServerProfile) {
        bench.write(&StoreOrder::Server(profile.clone()));
    }

    #[test]
    fn profiles_come_by_name_with_their_addresses_in_order() {
        let bench = Bench::new();
        let nodes = profile("1", "Two nodes", &["wss://b.example", "wss://a.example", "wss://b.example"]);
        let first = profile("2", "Home", &["ws://127.0.0.1:7880"]);
        let second = profile("3", "Home", &[]);
        [&nodes, &second, &first].into_iter().for_each(|profile| write(&bench, profile));
        assert_eq!(super::read(&bench.connection).unwrap(), [first, second, nodes]);
    }

    #[test]
    fn a_changed_profile_replaces_its_former_self_and_a_forgotten_one_is_gone() {
        let bench = Bench::new();
        write(&bench, &profile("1", "Old", &["ws://old"]));
        write(&bench, &profile("2", "Other", &[]));
        let changed = profile("1", "New", &["wss://new"]);
        write(&bench, &changed);
        bench.write(&StoreOrder::ForgetServer(ServerId::from("2")));
        bench.write(&StoreOrder::ForgetServer(ServerId::from("never there")));
        assert_eq!(super::read(&bench.connection).unwrap(), [changed]);
    }

    #[test]
    fn odd_names_come_back_as_they_were_and_broken_addresses_as_none() {
        let bench = Bench::new();
        for odd in ODD {
            let odd = ServerProfile { key: (*odd).to_owned(), ..profile(odd, odd, ODD) };
            write(&bench, &odd);
            assert!(super::read(&bench.connection).unwrap().contains(&odd), "{odd:?}");
        }
        bench.connection.execute("UPDATE servers SET urls = '[7]'", []).unwrap();
        assert!(super::read(&bench.connection).unwrap().iter().all(|server| server.urls.is_empty()));
    }
}
