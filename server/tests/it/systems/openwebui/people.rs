//! People in the chat.

use super::{code, set};
use crate::sim::faults::Trouble;
use serde_json::json;
use slipway::domain::Email;
use slipway::systems::chat::Chat;

#[tokio::test]
async fn finds_people_by_their_exact_address() {
    let set = set().await;
    let user = |id: &str, email: &str, role: &str| json!({"id": id, "email": email, "name": email, "role": role, "profile_image_url": "/user.png"});
    {
        let mut memory = set.sim.inside.memory();
        memory.users.push(user("root", "root@lab.test", "admin"));
        memory.users.extend((0..70).map(|n| user(&format!("m{n}"), &format!("m{n}alice@lab.test"), "user")));
        memory.users.push(user("pending", "alice@lab.test", "pending"));
        memory.users.push(user("wild", "aXb@lab.test", "user"));
    }
    let email = |text: &str| Email::parse(text).expect("an address");
    let found = set.chat.find_person(&email("alice@lab.test")).await.expect("found").expect("there");
    assert_eq!((found.id.as_str(), found.made), ("pending", false));
    assert_eq!(set.chat.find_person(&email("a_b@lab.test")).await, Ok(None));

    assert_eq!(set.chat.ensure_person(&email("alice@lab.test"), "Alice").await.expect("there").id, "pending");
    assert_eq!(set.sim.inside.memory().users[71]["role"], "user");
    set.chat.ensure_person(&email("root@lab.test"), "").await.expect("there");
    assert_eq!(set.sim.inside.memory().users[0]["role"], "admin");

    for status in [400, 500] {
        set.sim.inside.memory().rival = Some(status);
        let email = email(&format!("race{status}@lab.test"));
        let met = set.chat.ensure_person(&email, "Race").await.expect("the rival's account");
        assert!(!met.made);
        assert_eq!(set.chat.ensure_person(&email, "Race").await, Ok(met));
    }
}

#[tokio::test]
async fn remembers_whom_it_made_even_after_a_crash() {
    let set = set().await;
    set.sim.inside.memory().users.push(json!({"id": "root", "email": "root@lab.test", "name": "R", "role": "admin"}));
    let ada = Email::parse("ada@lab.test").expect("an address");
    set.sim.faults.arm("POST /api/v1/auths/add", Trouble::LostAnswer, 1);
    assert_eq!(code(set.chat.ensure_person(&ada, "Ada").await), "retry");
    let made = set.chat.ensure_person(&ada, "Ada").await.expect("found again");
    assert!(made.made);

    let corner = set.ready().await;
    for wanted in [true, true, false, false, true] {
        set.chat.set_access(&made.id, &corner.group_id, wanted).await.expect("changed");
        assert_eq!(set.chat.has_access(&made.id, &corner.group_id).await, Ok(wanted));
    }
    assert_eq!(code(set.chat.set_access(&made.id, "no-such-group", true).await), "retry");
    assert_eq!(code(set.chat.set_access("nobody", &corner.group_id, true).await), "retry");
    set.chat.remove_person(&made.id).await.expect("it stays");
    assert!(set.chat.find_person(&ada).await.expect("found").is_some(), "a group holds it");
    set.chat.set_access(&made.id, &corner.group_id, false).await.expect("out");
    for _ in 0..2 {
        set.chat.remove_person(&made.id).await.expect("gone");
    }
    assert_eq!(set.chat.find_person(&ada).await, Ok(None));
    set.chat.remove_person("root").await.expect("an administrator stays");
    assert_eq!(set.sim.inside.memory().users.len(), 1);
}
