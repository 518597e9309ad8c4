//! `slipway tenant …`: the same use cases as the console, for scripts. The portal's engine does the work, so `serve` must
//! be running somewhere on the same database; `--wait` watches it.

use super::say;
use crate::{boot, config::Config, domain::TenantId, portal::House};
use app::{
    model::{
        oops::Oops,
        tenant::{ListQuery, OrderForm, Status, TenantPage},
        timeline::StepView,
    },
    portal::Portal,
};
use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

/// Pause between two questions.
const PAUSE: Duration = Duration::from_millis(300);
/// Questions after a look that was asked for, until somebody is told that nobody makes it: three looks of 30 s.
const LOOKS: u32 = 300;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Order a tenant.
    Create {
        /// Short name, e.g. acme.
        slug: String,
        /// Display name.
        #[arg(long)]
        name: String,
        /// E-mail address of the first admin.
        #[arg(long)]
        admin: String,
        /// Plan; the first one when left out.
        #[arg(long, default_value = "")]
        plan: String,
        /// Language of the site: de, de-formal (with "Sie"), en, fr, it or es; as the configuration says when left out.
        #[arg(long, default_value = "")]
        language: String,
        /// Time zone of the site, e.g. Europe/Berlin; as the configuration says, or that of the language, when left out.
        #[arg(long, default_value = "")]
        time_zone: String,
        #[command(flatten)]
        output: Output,
    },
    /// List tenants.
    List {
        /// Substring of name or slug.
        #[arg(default_value = "")]
        query: String,
        #[command(flatten)]
        output: Output,
    },
    /// Show one tenant.
    Show {
        /// Short name.
        slug: String,
        #[command(flatten)]
        output: Output,
    },
    /// Try a step again now.
    Retry {
        /// Short name.
        slug: String,
        /// Step, e.g. database.
        step: String,
        #[command(flatten)]
        output: Output,
    },
    /// Undo everything and remove a tenant.
    Remove {
        /// Short name.
        slug: String,
        /// The short name again, to be sure.
        #[arg(long)]
        confirm: String,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
    /// Wait until it is seen ready, gone, or needs a person.
    #[arg(long)]
    wait: bool,
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let house = boot::house(config).await?.house;
    let portal = house.portal_for_command_line()?;
    act(&house, &portal, command).await.map_err(|error| match error.downcast::<Oops>() {
        Ok(oops) => told(oops),
        Err(error) => error,
    })
}

/// A refusal in one line.
pub(super) fn told(oops: Oops) -> anyhow::Error {
    let fields: String = oops.fields.iter().map(|f| format!(" {}: {}", f.field, f.say)).collect();
    anyhow::anyhow!("{}{fields} {} [{}]", oops.say, oops.next, oops.code)
}

async fn act(house: &House, portal: &Arc<dyn Portal>, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create { slug, name, admin, plan, language, time_zone, output } => {
            let plan = if plan.is_empty() { portal.order_page(OrderForm::default()).await?.form.plan } else { plan };
            let form = OrderForm { name, slug, plan, language, time_zone, admin_email: admin, key: String::new() };
            let slug = portal.order(form).await?;
            watch(house, portal, &slug, &output).await
        }
        Command::List { query, output } => {
            let list = portal.tenants(ListQuery { q: query, ..ListQuery::default() }).await?;
            if output.json {
                say(&serde_json::to_string_pretty(&list.rows)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            for row in list.rows {
                say(&format!("{:<30} {:<15} {:<30} {}", row.slug, row.status.word(), row.site_url, row.now))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { slug, output } => watch(house, portal, &slug, &output).await,
        Command::Retry { slug, step, output } => {
            portal.retry(slug.clone(), step).await?;
            watch(house, portal, &slug, &output).await
        }
        Command::Remove { slug, confirm, output } => {
            portal.remove(slug.clone(), confirm).await?;
            watch(house, portal, &slug, &output).await
        }
    }
}

/// Shows the tenant; with `--wait` each change of a step until it rests and a look made after that has seen all of it: what was
/// found before says nothing about now.
async fn watch(house: &House, portal: &Arc<dyn Portal>, slug: &str, output: &Output) -> anyhow::Result<ExitCode> {
    let mut seen = BTreeMap::new();
    let mut looked = false;
    loop {
        let page = portal.tenant(slug.into()).await?;
        if output.wait && !output.json {
            tell(&page, &mut seen)?;
        }
        let provable = matches!(page.status, Status::Ready | Status::Degraded);
        if !output.wait || page.timeline.settled && (looked || !provable) {
            return show(&page, output);
        }
        looked = page.timeline.settled;
        if looked {
            look(house, &page).await?;
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Has the portal's engine look at everything now, and waits until it has.
async fn look(house: &House, page: &TenantPage) -> anyhow::Result<()> {
    let tenant = TenantId(page.id.parse()?);
    house.store.wake(tenant, house.clock.now()).await?;
    for _ in 0..LOOKS {
        if house.store.look_asked(tenant).await?.is_none() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!("Nobody looked at the tenant for a minute and a half. Is `slipway serve` running on this database?")
}

fn tell(page: &TenantPage, seen: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    for step in page.timeline.ranks.iter().flatten() {
        let line = line(step);
        if seen.insert(step.name.clone(), line.clone()).as_ref() != Some(&line) {
            say(&line)?;
        }
    }
    Ok(())
}

fn line(step: &StepView) -> String {
    format!("{:<10} {:<16} {}", step.title, step.status.word(), step.note).trim_end().to_owned()
}

fn show(page: &TenantPage, output: &Output) -> anyhow::Result<ExitCode> {
    if output.json {
        say(&serde_json::to_string_pretty(page)?)?;
    } else {
        say(&format!("{} ({}): {}\n{}", page.name, page.slug, page.status.word(), page.site_url))?;
        let cost = page.cost.as_ref().map_or_else(String::new, |cost| format!(", {cost}"));
        say(&format!("Plan {}{cost}", page.plan))?;
        say(&format!("Ordered in {}, time zone {}", page.language.word(), page.time_zone))?;
        for step in page.timeline.ranks.iter().flatten().filter(|_| !output.wait) {
            say(&line(step))?;
        }
    }
    let bad = page.status == Status::NeedsAttention || output.wait && page.status == Status::Degraded;
    Ok(if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
