//! The book of private addresses of managed databases. An address is somebody's from before the first call to the
//! provider until absence was seen, so that no crash and no second replica can give it away twice.

use super::{
    Error, Result, Store,
    both::{all, one, run, statements},
};
use crate::domain::{At, Lan, Reservation, Stage, TenantId};

#[derive(sqlx::FromRow)]
struct Row {
    lan: String,
    host: i64,
    tenant: String,
    generation: i64,
    cluster: Option<String>,
    stage: String,
    since: i64,
}

statements! {
    TAKE = "INSERT INTO address (lan, host, tenant, generation, stage, since) VALUES ($1, $2, $3, 1, 'reserved', $4)
        ON CONFLICT DO NOTHING";
    FIND = "SELECT lan, host, tenant, generation, cluster, stage, since FROM address WHERE tenant = $1";
    ALL = "SELECT lan, host, tenant, generation, cluster, stage, since FROM address ORDER BY lan, host";
    ABANDONED = "SELECT a.tenant FROM address a JOIN tenant t ON t.id = a.tenant WHERE t.gone_at IS NOT NULL
        ORDER BY t.gone_at, a.tenant";
    ADOPT = "INSERT INTO address (lan, host, tenant, generation, cluster, stage, since)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    NOTE = "UPDATE address SET generation = $2, cluster = $3, stage = $4, since = $5 WHERE tenant = $1";
    FREE = "DELETE FROM address WHERE tenant = $1";
}

impl Store {
    /// The tenant's address; taken at `now` from the first of these networks that has a free one. `None`: all are taken.
    ///
    /// # Errors
    /// The database.
    pub async fn take_address(&self, tenant: TenantId, lans: &[Lan], now: At) -> Result<Option<Reservation>> {
        let id = tenant.to_string();
        let mut tx = self.begin().await?;
        if let Some(row) = one!(&mut tx, FIND, &id)? {
            return read(row).map(|(_, found)| Some(found));
        }
        let taken: Vec<Row> = all!(&mut tx, ALL)?;
        let free = lans.iter().flat_map(|lan| Lan::HOSTS.map(move |host| (&lan.id, i64::from(host))));
        for (lan, host) in free.filter(|(lan, host)| !taken.iter().any(|t| t.lan == **lan && t.host == *host)) {
            // Another replica may have been faster, with this address or for this tenant.
            run!(&mut tx, TAKE, lan, host, &id, now.0)?;
            if let Some(row) = one!(&mut tx, FIND, &id)? {
                tx.commit().await?;
                return read(row).map(|(_, found)| Some(found));
            }
        }
        Ok(None)
    }

    /// The tenant's address.
    ///
    /// # Errors
    /// The database.
    pub async fn address(&self, tenant: TenantId) -> Result<Option<Reservation>> {
        let row = one!(&mut self.read().await?, FIND, tenant.to_string())?;
        row.map(|row| read(row).map(|(_, found)| found)).transpose()
    }

    /// The whole book.
    ///
    /// # Errors
    /// The database.
    pub async fn addresses(&self) -> Result<Vec<(TenantId, Reservation)>> {
        all!(&mut self.read().await?, ALL)?.into_iter().map(read).collect()
    }

    /// Tenants that are gone and still have an address: their step was skipped on the way out.
    ///
    /// # Errors
    /// The database.
    pub async fn abandoned_addresses(&self) -> Result<Vec<TenantId>> {
        let rows: Vec<(String,)> = all!(&mut self.read().await?, ABANDONED)?;
        rows.into_iter().map(|(id,)| id.parse().map_err(|_| Error::Corrupt("address.tenant"))).collect()
    }

    /// Writes down how far the cluster at the tenant's address is. The address itself stays.
    ///
    /// # Errors
    /// The database, or the tenant has no address.
    pub async fn note_address(&self, tenant: TenantId, r: &Reservation) -> Result<()> {
        let (id, generation, cluster) = (tenant.to_string(), i64::from(r.generation), r.cluster.map(|c| c.to_string()));
        match run!(&mut self.write().await?, NOTE, id, generation, cluster, r.stage.key(), r.since.0)? {
            1 => Ok(()),
            _ => Err(Error::Corrupt("a note about an address that nobody has")),
        }
    }

    /// Writes down an entry for a cluster that is there already. `false`: the tenant or the address has one.
    ///
    /// # Errors
    /// The database.
    pub async fn adopt_address(&self, tenant: TenantId, r: &Reservation) -> Result<bool> {
        let (id, host, generation) = (tenant.to_string(), i64::from(r.host), i64::from(r.generation));
        let cluster = r.cluster.map(|c| c.to_string());
        let mut tx = self.write().await?;
        Ok(run!(&mut tx, ADOPT, &r.lan, host, id, generation, cluster, r.stage.key(), r.since.0)? == 1)
    }

    /// Gives the tenant's address back, if there is one.
    ///
    /// # Errors
    /// The database.
    pub async fn free_address(&self, tenant: TenantId) -> Result<()> {
        run!(&mut self.write().await?, FREE, tenant.to_string()).map(|_| ())
    }
}

fn read(row: Row) -> Result<(TenantId, Reservation)> {
    let stage = Stage::from_key(&row.stage).ok_or(Error::Corrupt("address.stage"))?;
    let tenant = row.tenant.parse().map_err(|_| Error::Corrupt("address.tenant"))?;
    let found = Reservation {
        lan: row.lan,
        host: u8::try_from(row.host).map_err(|_| Error::Corrupt("address.host"))?,
        generation: u32::try_from(row.generation).map_err(|_| Error::Corrupt("address.generation"))?,
        cluster: row.cluster.map(|c| c.parse()).transpose().map_err(|_| Error::Corrupt("address.cluster"))?,
        stage,
        since: At(row.since),
    };
    Ok((tenant, found))
}
